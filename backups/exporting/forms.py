from django import forms
from django.utils.translation import gettext_lazy as _

from backups.exceptions import ExportRefused
from backups.exporting.sealing import checked_recipient, is_secret
from interface.forms import CountedTextarea


class ExportForm(forms.Form):
    purpose = forms.CharField(
        label=_("What it is for"),
        min_length=10,
        max_length=300,
        widget=CountedTextarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One sentence. It stands in the activity log, beside your name."),
        error_messages={
            "required": _("Say what it is for: it stands in the activity log."),
            "min_length": _("Say it in a sentence: it stands in the activity log."),
        },
    )
    recipient = forms.CharField(
        label=_("Public key"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It begins with age1. Only who holds the secret half of it can open the file; we can't."),
        error_messages={"required": _("Without a key to encrypt to there is no export.")},
    )

    def clean_recipient(self) -> str:
        typed: str = self.cleaned_data["recipient"]
        try:
            return checked_recipient(typed)
        except ExportRefused as refusal:
            if is_secret(typed):
                self.data = {**self.data.dict(), "recipient": ""}  # type: ignore[attr-defined]
            raise forms.ValidationError(str(refusal)) from refusal
