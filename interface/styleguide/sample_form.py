"""A form with every kind of field, in the states that a form can be in."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interface.forms import (
    AffixedInput,
    ChoiceRows,
    CountedTextarea,
    DateInput,
    EmailField,
    MoneyField,
    PasswordInput,
    SearchSelect,
    Segments,
    Switch,
)

LATIN = {"dir": "ltr"}
KINDS = (("person", _("Person")), ("company", _("Company")))
DELIVERIES = (
    ("standard", _("Standard: three to five working days")),
    ("express", _("Express: the next working day")),
    ("pickup", _("Pick-up: whenever you like")),
)
CHANNELS = (("email", _("E-mail")), ("telephone", _("Telephone")), ("letter", _("Letter")))
UNITS = (("", _("Choose one")), ("piece", _("Piece")), ("kilogram", _("Kilogram")), ("metre", _("Metre")))
# As people call themselves, whatever the page's language.
CITIES = (
    ("", _("None")),
    ("dxb", "دبي"),
    ("ruh", "الرياض"),
    ("khi", "Karachi"),
    ("lon", "London"),
    ("mun", "München"),
    ("sha", "上海"),
    ("szx", "深圳"),
)


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As on their letters, in any script."))
    email = EmailField(label=_("E-mail"), widget=forms.EmailInput(LATIN))
    phone = forms.CharField(label=_("Phone"), required=False, widget=forms.TelInput(LATIN))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=Segments, initial="person")
    unit = forms.ChoiceField(label=_("Unit"), choices=UNITS)
    city = forms.ChoiceField(
        label=_("City"),
        choices=CITIES,
        widget=SearchSelect,
        required=False,
        help_text=_("Type to search, with or without accents."),
    )
    number = forms.IntegerField(label=_("Number"), min_value=1, widget=forms.NumberInput(LATIN))
    due = forms.DateField(
        label=_("Due"),
        widget=DateInput(first=date(2026, 11, 1), last=date(2026, 12, 31)),
        help_text=_("In November or December 2026."),
    )
    price = MoneyField("SAR", label=_("Price"), help_text=_("Digits of any script, comma or point."))
    weight = forms.DecimalField(label=_("Weight"), required=False, widget=AffixedInput(after="kg"))
    site = forms.SlugField(
        label=_("Address of the site"), required=False, widget=AffixedInput(before="https://")
    )
    search = forms.CharField(
        label=_("Search"),
        required=False,
        widget=AffixedInput({"type": "search", "dir": "auto"}, icon="search"),
    )
    password = forms.CharField(label=_("Password"), widget=PasswordInput({"autocomplete": "new-password"}))
    file = forms.FileField(label=_("File"), required=False, help_text=_("A CSV file of 10 MB at most."))
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        initial="INV-2026-0042",
        widget=forms.TextInput({**LATIN, "readonly": True}),
    )
    delivery = forms.ChoiceField(
        label=_("Delivery"), choices=DELIVERIES, widget=ChoiceRows, initial="standard"
    )
    channels = forms.MultipleChoiceField(
        label=_("How we may write"), choices=CHANNELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    notes = forms.CharField(
        label=_("Notes"), max_length=280, required=False, widget=CountedTextarea({"rows": 3, "dir": "auto"})
    )
    newsletter = forms.BooleanField(label=_("Send them the newsletter"), required=False)
    active = forms.BooleanField(
        label=_("Takes orders"),
        required=False,
        initial=True,
        widget=Switch,
        help_text=_("Off, nobody can order from them."),
    )


class OptionalForm(forms.Form):
    """Where most is required, what isn't says so."""

    marks_optional = True
    given = forms.CharField(label=_("Given name"))
    family = forms.CharField(label=_("Family name"))
    title = forms.CharField(label=_("Title"), required=False)


TYPED = {
    "name": "",
    "email": "layla@nakheel",
    "unit": "",
    "city": "sha",
    "number": "0",
    "due": "",
    "price": "12.345",
    "kind": "",
    "delivery": "standard",
    "reference": "INV-2026-0042",
    "notes": "نخيل",
}


def sample_forms() -> dict[str, Any]:
    switched_off = SampleForm(auto_id="off_%s", prefix="off")
    for field in switched_off.fields.values():
        field.disabled = True
    return {
        "form": SampleForm(auto_id="plain_%s"),
        "optional_form": OptionalForm(auto_id="optional_%s"),
        "wrong_form": SampleForm(TYPED, auto_id="wrong_%s"),
        "disabled_form": switched_off,
    }
