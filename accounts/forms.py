from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import TooOften
from accounts.limits.limiting import in_minutes
from accounts.models import User
from accounts.passwords.text import LONGEST
from accounts.passwords.validating import PolicyValidator
from accounts.signing_in import whose
from interface.forms import EmailField, PasswordInput

if TYPE_CHECKING:
    _SetPasswordForm = SetPasswordForm[User]
else:
    _SetPasswordForm = SetPasswordForm

PAUSED = _(
    "Somebody tried too often to sign in with this e-mail address. Try again in %(span)s, use a browser in which you "
    "have signed in before, or ask an administrator to unlock you."
)
UNKNOWN = _("This e-mail address and password don't belong together. Check both and try again.")


class SignInForm(forms.Form):
    """Says only whether the pair is right, never which half is wrong."""

    email = EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST,
        widget=PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None
        self.wait = 0  # seconds, where this address was tried too often

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if "email" in typed and "password" in typed:
            self._find(typed["email"], typed["password"])
        return typed

    def _find(self, email: str, password: str) -> None:
        try:
            self.user = whose(self.request, email, password)
        except TooOften as refusal:
            self.wait = refusal.wait
            raise forms.ValidationError(PAUSED, code="paused", params=in_minutes(refusal.wait)) from refusal
        if self.user is None:
            raise forms.ValidationError(UNKNOWN, code="unknown")


class NewPasswordForm(_SetPasswordForm):
    """Django's, with our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("The same again")
        self.fields["new_password1"].help_text = PolicyValidator().get_help_text()
        self.fields["new_password2"].help_text = ""
        for field in self.fields.values():
            field.widget = PasswordInput({"autocomplete": "new-password"})

    def validate_password_for_user(self, user: User, password_field_name: str = "") -> None:
        """What is wrong with the password is said where it was typed first, beside what is asked of it."""
        super().validate_password_for_user(user, "new_password1")
