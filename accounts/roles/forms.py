from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.registry import permissions
from accounts.models import Role, User
from accounts.roles.news import surface
from interface.forms import SearchSelect

ANY_SCRIPT = {"dir": "auto"}


class RoleForm(forms.ModelForm[Role]):
    """What a custom role is called. What it holds is a matter of the editor."""

    class Meta:
        model = Role
        fields = ("name", "purpose")
        widgets: ClassVar = {
            "name": forms.TextInput(attrs=ANY_SCRIPT),
            "purpose": forms.TextInput(attrs=ANY_SCRIPT),
        }
        error_messages: ClassVar = {"name": {"required": _("Give this role a name.")}}


class ReasonForm(forms.Form):
    """Why a role is changed. The log keeps it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Stands in the activity log beside the change."),
        error_messages={"required": _("Say why: whoever reads the log later asks.")},
        widget=forms.TextInput(attrs=ANY_SCRIPT),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class QuestionForm(forms.Form):
    """Who, what, and with which record: asked by an address, so that an answer can be handed on."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"), widget=SearchSelect)
    permission = forms.ChoiceField(label=_("Permission"), widget=SearchSelect)
    record = forms.CharField(
        label=_("Record"),
        required=False,
        max_length=300,
        help_text=_("Its name, its id or its address. Empty: whether at all."),
        widget=forms.TextInput(attrs=ANY_SCRIPT),
    )

    def __init__(self, typed: Any, people: QuerySet[User]) -> None:
        super().__init__(typed)
        person = self.fields["person"]
        person.queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        choices = [(each.code, each.label) for each in permissions(surface())]
        self.fields["permission"].choices = [("", "---------"), *choices]  # type: ignore[attr-defined]
