from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from console.models import BreakGlass


class AskForm(forms.ModelForm[BreakGlass]):
    class Meta:
        model = BreakGlass
        fields: ClassVar = ["reason", "minutes"]
        error_messages: ClassVar = {"reason": {"required": _("Say why: they decide by it.")}}
        widgets: ClassVar = {"reason": forms.Textarea(attrs={"rows": 3, "dir": "auto"})}
