"""Amounts as people type them, exactly: any digits, any separators, as many decimals as the currency has (ISO 4217)."""

import re
import unicodedata
from decimal import Decimal

from django.utils.formats import get_format, number_format

# The exponents that are not 2: ISO 4217, table A.1.
_PLACES = {
    0: ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
        "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
    3: ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"),
    4: ("CLF", "UYW"),
}  # fmt: skip
DECIMALS = {currency: places for places, currencies in _PLACES.items() for currency in currencies}
INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"))
ALIKE = str.maketrans(
    {"\u066b": ".", "\u066c": "'", "\u2019": "'", "\u060c": ",", "\u2212": "-", "\u3002": "."}
)
LONGEST = 24  # letters: what Decimal computes exactly, with the decimals of any currency
GROUPED = re.compile(r"\d{1,3}(?:\D\d{2,3})*\D\d{3}")
PLAIN = re.compile(r"-?\d+(?:\.\d+)?|-?\.\d+")


class NotAnAmount(ValueError):
    """What was typed can't be read as an amount, or only by guessing."""


def decimals_of(currency: str) -> int:
    return DECIMALS.get(currency, 2)


def parse_amount(typed: str, currency: str = "") -> Decimal:
    """`1.234,50`, `1,234.50` and `EUR 1 234.50` are 1234.50, in Arabic digits too. Raises NotAnAmount."""
    arabic = "\u066b" in typed
    text = _in_western_digits(typed).removeprefix(currency).removesuffix(currency)
    text = re.sub(r"[\s'_]", "", text)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text.removeprefix("+"))
    plain = sign + _with_a_point(digits, "." if arabic else str(get_format("DECIMAL_SEPARATOR")))
    if len(plain) > LONGEST or not PLAIN.fullmatch(plain):
        raise NotAnAmount(typed)
    return Decimal(plain)


def shown(amount: Decimal, currency: str) -> str:
    """As it stands in a field: in the reader's separators, without groups, never rounded."""
    places = max(decimals_of(currency), -int(amount.normalize().as_tuple().exponent))
    return number_format(amount, places, use_l10n=True, force_grouping=False)


def _in_western_digits(typed: str) -> str:
    known = unicodedata.normalize("NFKC", typed.translate(INVISIBLE).translate(ALIKE)).strip()
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in known)


def _with_a_point(digits: str, separator: str) -> str:
    """The one decimal separator as a point, the groups closed up."""
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    other = "," if last == "." else "."
    if other in marks:
        whole, _, rest = digits.rpartition(last)
        return f"{_closed_up(whole, other)}.{rest}"
    if len(marks) == 1 and (last == separator or not GROUPED.fullmatch(digits)):
        return digits.replace(last, ".")
    return _closed_up(digits, last)


def _closed_up(digits: str, mark: str) -> str:
    return digits.replace(mark, "") if GROUPED.fullmatch(digits) else digits
