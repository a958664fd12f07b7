from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from console.forms import LATIN
from console.models import OwnerRecovery


class RecoverForm(forms.ModelForm[OwnerRecovery]):
    class Meta:
        model = OwnerRecovery
        fields: ClassVar = ["email", "proof"]
        widgets: ClassVar = {
            "email": forms.EmailInput(attrs=LATIN),
            "proof": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        }
        error_messages: ClassVar = {
            "email": {
                "required": _("Give the owner's e-mail address."),
                "invalid": _("Enter a valid e-mail address."),
            },
            "proof": {"required": _("Say what proves that it is them: somebody else decides by it.")},
        }
