"""How every form is drawn, and the controls that Django doesn't bring."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interface.money import NotAnAmount, decimals_of, parse_amount, shown

Attrs = dict[str, Any] | None


class Renderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.name.as_field_group }}` in our markup."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class EmailField(forms.EmailField):
    """Django calls it by another name than our labels do."""

    default_error_messages: ClassVar = {"invalid": _("Enter a valid e-mail address.")}


class Segments(forms.RadioSelect):
    """A few short choices side by side."""

    template_name = "forms/widgets/segments.html"


class ChoiceRows(forms.RadioSelect):
    """Choices that need a line of their own each."""

    template_name = "forms/widgets/choice_rows.html"


class Switch(forms.CheckboxInput):
    """On or off; like every field it takes effect when the form is saved."""

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__({"role": "switch", "class": "switch", **(attrs or {})})


class SearchSelect(forms.Select):
    """A select of many: static/js/combobox.js filters it by what is typed. Without script it is a select."""

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-combobox"] = gettext("Nothing matches.")
        return context


class DateInput(forms.DateInput):
    """The browser's own calendar, between two days if given."""

    input_type = "date"

    def __init__(self, attrs: Attrs = None, first: date | None = None, last: date | None = None) -> None:
        limits = {name: day.isoformat() for name, day in (("min", first), ("max", last)) if day}
        super().__init__({**limits, **(attrs or {})}, format="%Y-%m-%d")


class PasswordInput(forms.PasswordInput):
    """With a button that shows what was typed."""

    template_name = "forms/widgets/password.html"

    def __init__(self, attrs: Attrs = None) -> None:
        super().__init__({"dir": "ltr", **(attrs or {})})


class CountedTextarea(forms.Textarea):
    """Says how much of the field's `max_length` is used."""

    template_name = "forms/widgets/counted.html"


class AffixedInput(forms.TextInput):
    """Words that belong to the value but aren't typed, before or after it."""

    template_name = "forms/widgets/affixed.html"

    def __init__(self, attrs: Attrs = None, before: Any = "", after: Any = "", icon: str = "") -> None:
        super().__init__({"dir": "ltr", **(attrs or {})})
        self.around = {"before": before, "after": after, "icon": icon}

    def get_context(self, name: str, value: Any, attrs: Attrs) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), **self.around}


class MoneyInput(AffixedInput):
    """An amount, and its currency beside it. What can't be read stays as it was typed."""

    def __init__(self, currency: str, attrs: Attrs = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})}, before=currency)
        self.currency = currency

    def format_value(self, value: Any) -> Any:
        return shown(value, self.currency) if isinstance(value, Decimal) else value


class MoneyField(forms.DecimalField):
    """An amount in one currency, as people write it: see `interface.money.parse_amount`."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(widget=MoneyInput(currency), **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            amount = value if isinstance(value, Decimal) else parse_amount(str(value), self.currency)
        except NotAnAmount as refusal:
            raise forms.ValidationError(_("Give an amount, as in 1234.50."), code="invalid") from refusal
        self._refuse_fractions(amount)
        return amount

    def _refuse_fractions(self, amount: Decimal) -> None:
        places = decimals_of(self.currency)
        if amount != amount.quantize(Decimal(1).scaleb(-places)):
            words = (
                _("%(currency)s has no decimals.")
                if not places
                else _("%(currency)s has %(places)d decimals.")
            )
            raise forms.ValidationError(
                words, code="fraction", params={"currency": self.currency, "places": places}
            )
