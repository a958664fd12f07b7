from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.second_factor.time_steps import digits_of

SIX = RegexValidator(r"\A[0-9]{6}\Z", _("A code has six digits."), code="digits")


class CodeField(forms.CharField):
    """Six digits, typed, pasted or filled in, in whatever numerals and with whatever spaces."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}
        super().__init__(widget=forms.TextInput(attrs), validators=[SIX], max_length=30, **kwargs)

    def to_python(self, value: Any) -> str:
        return digits_of(super().to_python(value) or "")


class CodeForm(forms.Form):
    code = CodeField(label=_("Code"), help_text=_("Six digits, shown by your app for this site."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class RecoveryCodeForm(forms.Form):
    recovery_code = forms.CharField(
        label=_("Recovery code"),
        max_length=100,
        help_text=_("One of the ten that you saved. Each is good once; letters may be large or small."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
        ),
    )


class TwoCodesForm(forms.Form):
    """That a device holds the key, and how its clock goes."""

    first_code = CodeField(label=_("Code that is shown now"))
    second_code = CodeField(
        label=_("The next code"), help_text=_("Wait until your app shows another one: 30 seconds at most.")
    )


class SavedForm(forms.Form):
    saved = forms.BooleanField(
        label=_("I have saved them"),
        error_messages={"required": _("Save the codes first, then say so here: they aren't shown again.")},
    )
