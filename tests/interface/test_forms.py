"""How forms are drawn, and what is read from them: label, help and error tied to each control; amounts, exactly."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.utils.translation import override

from interface.forms import DateInput, MoneyField, PasswordInput, SearchSelect, Segments, Switch
from interface.money import NotAnAmount, parse_amount

# Icons are addressed by the hashes of static files, which are collected with the databases.
pytestmark = pytest.mark.usefixtures("databases")


class OrderForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on <letters>.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A & B"), ("c", "C")], widget=Segments)
    city = forms.ChoiceField(
        label="City", choices=[("", "None"), ("dxb", "دبي")], widget=SearchSelect, required=False
    )
    price = MoneyField("KWD", label="Price")
    active = forms.BooleanField(label="Active", required=False, widget=Switch)


def tag(html: str, pattern: str) -> dict[str, str]:
    """The attributes of the first tag that the pattern finds."""
    found = re.search(rf"<[a-z]+\b[^>]*{pattern}[^>]*>", html)
    assert found, html
    return dict(re.findall(r'([a-z-]+)="([^"]*)"', found.group()))


def test_a_field_is_its_label_its_control_and_its_help_tied_together() -> None:
    html = OrderForm()["name"].as_field_group()
    assert tag(html, "<label|for=")["for"] == "id_name"
    control = tag(html, 'name="name"')
    assert control["aria-describedby"] == "id_name_helptext"
    assert "aria-invalid" not in control
    assert 'id="id_name_helptext"' in html
    assert "As on &lt;letters&gt;." in html
    assert "required</span>" in html


def test_a_wrong_field_says_so_to_eyes_and_ears_and_keeps_what_was_typed() -> None:
    form = OrderForm({"name": "", "kind": "a", "price": "1.2345<"})
    name, price = form["name"].as_field_group(), form["price"].as_field_group()
    control = tag(name, 'name="name"')
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"].split() == ["id_name_helptext", "id_name_error"]
    assert 'id="id_name_error"' in name
    assert "This field is required." in name
    assert tag(price, 'name="price"')["value"] == "1.2345&lt;"


def test_radio_buttons_are_a_group_with_a_legend_and_the_group_names_the_error() -> None:
    html = OrderForm({"name": "Alice", "price": "1"})["kind"].as_field_group()
    assert html.startswith("<fieldset")
    assert tag(html, "aria-describedby")["aria-describedby"] == "id_kind_error"
    assert "<legend>" in html
    assert "A &amp; B" in html


def test_a_form_marks_what_is_optional_where_it_says_so() -> None:
    form = OrderForm()
    assert "optional" not in form["city"].as_field_group()
    form.marks_optional = True  # type: ignore[attr-defined]
    assert "optional</span>" in form["city"].as_field_group()
    assert "required</span>" not in form["name"].as_field_group()


def test_the_summary_leads_to_every_wrong_field_and_is_focused() -> None:
    html = str(OrderForm({"price": "1"}))
    assert re.search(r'<div class="notice error" role="alert" tabindex="-1" autofocus>', html)
    assert re.findall(r'<a href="#([a-z_0-9]+)">', html) == ["id_name", "id_kind_0"]
    assert 'id="id_kind_0"' in html
    assert "autofocus" not in str(OrderForm())


def test_a_searchable_select_is_a_select_without_script() -> None:
    html = OrderForm()["city"].as_field_group()
    assert tag(html, "<select|data-combobox")["data-combobox"] == "Nothing matches."
    assert '<option value="dxb">دبي</option>' in html


def test_a_switch_is_a_checkbox_that_is_read_as_a_switch() -> None:
    control = tag(OrderForm()["active"].as_field_group(), 'name="active"')
    assert (control["type"], control["role"]) == ("checkbox", "switch")


def test_a_password_is_never_sent_back() -> None:
    assert "hunter2" not in PasswordInput().render("password", "hunter2")


def test_a_day_is_written_as_the_browser_wants_it_whatever_the_language() -> None:
    with override("ar"):
        value = forms.DateField(widget=DateInput()).to_python("2026-11-22")
        assert value is not None
        assert tag(DateInput(first=value).render("due", value), "due") == {
            "type": "date",
            "name": "due",
            "value": "2026-11-22",
            "min": "2026-11-22",
        }


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234\u00a0567,5", "1234567.5"),
        ("1'234.50", "1234.50"),
        ("1,23,456.00", "123456.00"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        ("12,5", "12.5"),
        ("1.234.567", "1234567"),
        ("EUR 0.05", "0.05"),
        ("12.00 EUR", "12.00"),
        ("١٬٢٣٤٫٥٠", "1234.50"),
        ("٥٠٫٢٥٠", "50.250"),
        ("\u200f۱۲۳۴", "1234"),
        ("１２．５", "12.5"),
        ("−7.25", "-7.25"),
        (".5", "0.5"),
        ("0", "0"),
        ("99999999999999999999.99", "99999999999999999999.99"),
    ],
)
def test_an_amount_is_read_exactly(typed: str, amount: str) -> None:
    assert parse_amount(typed, "EUR") == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1e5",
        "NaN",
        "Infinity",
        "1.2.3",
        "1,2,3",
        "1,234.5.6",
        "12,34.5",
        "--1",
        "5-",
        "$",
        "½",
        "0x10",
    ],
)
def test_what_would_have_to_be_guessed_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_amount(typed, "EUR")


@pytest.mark.parametrize(
    ("currency", "typed", "said"),
    [
        ("JPY", "1234.5", "JPY has no decimals."),
        ("SAR", "1.005", "SAR has 2 decimals."),
        ("KWD", "1.0005", "KWD has 3 decimals."),
        ("SAR", "9" * 27, "Give an amount, as in 1234.50."),
        ("SAR", f"{'1' * 26}.05", "Give an amount, as in 1234.50."),
        ("SAR", "ten", "Give an amount, as in 1234.50."),
    ],
)
def test_a_currency_has_its_own_decimals_and_nothing_is_rounded(currency: str, typed: str, said: str) -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        MoneyField(currency).clean(typed)
    assert refusal.value.messages == [said]


def test_an_amount_stands_in_its_field_with_the_decimals_of_its_currency() -> None:
    for currency, value in (("JPY", "1235"), ("SAR", "1234.50"), ("KWD", "1234.500")):
        amount = MoneyField(currency).clean(value.rstrip("0"))
        assert amount == Decimal(value)
        html = MoneyField(currency).widget.render("price", amount)
        assert tag(html, "price") | {"value": value, "dir": "ltr"} == tag(html, "price")
        assert f">{currency}<" in html


def test_more_decimals_than_the_currency_has_are_shown_rather_than_rounded() -> None:
    assert tag(MoneyField("SAR").widget.render("price", Decimal("0.005")), "price")["value"] == "0.005"
