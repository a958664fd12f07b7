from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NewPasswordForm
from accounts.models import User
from accounts.passwords.changing import refuse_change
from accounts.passwords.text import LONGEST
from interface.forms import EmailField, PasswordInput


class ForgottenForm(forms.Form):
    email = EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
    )


class ChangePasswordForm(NewPasswordForm):
    """A new one by whoever knows the present one."""

    old_password = forms.CharField(label=_("Present password"), strip=False, max_length=LONGEST)
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget = PasswordInput({"autocomplete": "current-password"})

    def clean_old_password(self) -> str:
        typed: str = self.cleaned_data["old_password"]
        if not User.objects.get(pk=self.user.pk).check_password(typed):
            refuse_change(self.user)
            raise forms.ValidationError(_("This isn't your present password."), code="wrong")
        return typed
