from typing import Any, ClassVar, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from business.contacts.masks import fields_hidden_from
from business.contacts.models import Contact
from business.contacts.querysets import ContactQuerySet
from business.contacts.reaching import VIEW
from interface.forms import EmailField, SearchSelect, Segments

LATIN = {"dir": "ltr"}
ANY_SCRIPT = {"dir": "auto"}


class ContactForm(forms.ModelForm[Contact]):
    """What a person types about a contact, and the version it was typed over."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Contact
        fields = (
            "kind", "name", "company", "tax_id", "email", "phone", "language",
            "address", "city", "country", "notes",
        )  # fmt: skip
        labels: ClassVar = {
            "kind": _("Kind"),
            "name": _("Name"),
            "company": _("Company"),
            "tax_id": _("Tax ID"),
            "email": _("E-mail"),
            "phone": _("Phone"),
            "language": _("Language"),
            "address": _("Address"),
            "city": _("City"),
            "country": _("Country"),
            "notes": _("Notes"),
        }
        field_classes: ClassVar = {"email": EmailField}
        widgets: ClassVar = {
            "kind": Segments,
            "name": forms.TextInput(attrs=ANY_SCRIPT),
            "company": SearchSelect,
            "tax_id": forms.TextInput(attrs=LATIN),
            "email": forms.EmailInput(attrs=LATIN),
            "phone": forms.TextInput(attrs={**LATIN, "type": "tel"}),
            "address": forms.Textarea(attrs={**ANY_SCRIPT, "rows": 3}),
            "city": forms.TextInput(attrs=ANY_SCRIPT),
            "country": SearchSelect,
            "notes": forms.Textarea(attrs={**ANY_SCRIPT, "rows": 5}),
        }
        error_messages: ClassVar = {"name": {"required": _("Give this contact a name.")}}

    def __init__(self, *args: Any, person: User, is_new: bool = False, **kwargs: Any) -> None:
        """`person` types: what they may not see isn't there, and stays as it is."""
        super().__init__(*args, **kwargs)
        self.person = person
        for name in fields_hidden_from(person, None if is_new else self.instance):
            del self.fields[name]
        self.fields["version"].initial = self.instance.version
        company = cast("forms.ModelChoiceField[Contact]", self.fields["company"])
        company.queryset = self._companies()
        company.empty_label = pgettext_lazy("no company", "None")

    def _companies(self) -> ContactQuerySet:
        """Those in use that the person may see, and the one that stands there already."""
        there = Q(pk=self.instance.company_id)
        present = Q(archived_at=None) & self.person.rights.within(VIEW)
        return Contact.objects.companies().filter(present | there).exclude(pk=self.instance.pk).by_name()
