from django import forms
from django.utils.translation import gettext_lazy as _

from interface.forms import EmailField


class ForgottenForm(forms.Form):
    email = EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
    )
