"""Dates, numbers, money and spans of time as the language of the page writes them: Django's formats, and CLDR's words.

Digits are Western in Arabic too, as on the Gulf's invoices. What is said here is plain text: `{% moment %}` and its
neighbours put it into `<bdi>`, without which an Arabic line turns it round.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_timedelta
from babel.numbers import format_currency, get_currency_symbol
from babel.units import format_unit
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, get_language_bidi, ngettext_lazy, pgettext

# English is the world's and not America's: 26 Nov 2026, US$ beside SAR.
CLDR = {"en": "en_001", "ar": "ar", "zh-hans": "zh_Hans"}
NO_BREAK, MINUS, LEFT_TO_RIGHT = "\u00a0", "\u2212", "\u200e"
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"  # in the direction of its first letter
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
MINUTE = 60
JUST_NOW = 45  # seconds

# Said by Django's filesizeformat, and of the wrong number in Django's own Arabic: marked here, it is in ours.
SIZE = ngettext_lazy("%(size)d byte", "%(size)d bytes", "size")


def day(when: date) -> str:
    """A date, 26 Nov 2026; of a moment, the one in the time zone of the page."""
    return date_format(timezone.localtime(when) if isinstance(when, datetime) else when, "DATE_FORMAT")


def moment(when: datetime, *, zone: bool = True) -> str:
    """To the minute and with its time zone, 26 Nov 2026, 10:00 UTC."""
    local = timezone.localtime(when)
    shown = date_format(local, "DATETIME_FORMAT")
    return f"{shown} {local.tzname()}" if zone else shown


def listed(items: Iterable[object]) -> str:
    """One after the other, with the comma of the page's language between."""
    return pgettext("between items of a list", ", ").join(str(item) for item in items)


def ago(when: datetime) -> str:
    """How long ago or how far ahead, roughly: 3 minutes ago, in 2 days."""
    distance = when - timezone.now()
    if abs(distance) < timedelta(seconds=JUST_NOW):
        return pgettext("how long ago", "just now")
    return format_timedelta(distance, granularity="minute", add_direction=True, locale=_cldr())


def number(value: Decimal | float, decimals: int | None = None) -> str:
    """In groups of three, with so many decimals, or with as many as it has."""
    rounded = value if decimals is None else _rounded(value, decimals)
    return _signed(number_format(rounded, decimals, force_grouping=True))


def money(amount: Decimal | int, currency: str) -> str:
    """An amount in a currency of ISO 4217, with its decimals at least. Nothing is rounded away."""
    text = format_currency(amount, currency, locale=_cldr(), decimal_quantization=False)
    symbol = get_currency_symbol(currency, _cldr())
    # CLDR's currencySpacing, which Babel leaves out.
    space = NO_BREAK if symbol[-1].isalpha() and text.lstrip("-").startswith(symbol) else ""
    return _signed(text.replace(symbol, _isolated(symbol) + space, 1))


def size(number_of_bytes: int) -> str:
    """8.2 MB, of 1024 kilobytes each, as PostgreSQL counts."""
    return filesizeformat(number_of_bytes)


def duration(seconds: float) -> str:
    """The two largest units, or seconds with as many decimals as matter: 0.42 secs, 12.5 secs, 3 mins 20 secs."""
    if seconds < MINUTE:
        return _unit(round(seconds, 2 if seconds < 10 else 1), "second")
    rest, parts = round(seconds), []
    for name, length in UNITS:
        count, rest = divmod(rest, length)
        parts += [_unit(count, name)] if count else []
    return " ".join(parts[:2])


def _rounded(value: Decimal | float, decimals: int) -> Decimal:
    """Half goes up, as on paper; Django's formats only cut off."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _unit(value: float, name: str) -> str:
    text = format_unit(value, f"duration-{name}", length="short", locale=_cldr())
    return text.replace(" ", NO_BREAK)


def _cldr() -> str:
    return CLDR.get(get_language() or "", CLDR["en"])


def _isolated(symbol: str) -> str:
    """Held together in a line that runs to the left, where CN¥ would fall apart into ¥ and CN."""
    return f"{ISOLATE}{symbol}{END_OF_ISOLATE}" if get_language_bidi() else symbol


def _signed(text: str) -> str:
    """With a minus instead of a hyphen, held to the left of its digits in a line that runs to the left."""
    return text.replace("-", f"{LEFT_TO_RIGHT if get_language_bidi() else ''}{MINUS}", 1)
