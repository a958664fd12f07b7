"""Time, numbers and people's addresses, each in a `<bdi>` of its own. Nothing known, nothing said.

Inside of `{% blocktranslate %}` keep it first: `{% bytes n as size %}`, then `{{ size }}`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template import Library
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from interface import words

register = Library()


@register.simple_tag
def moment(at: datetime | None, by: Any = None, *, relative: bool = False, zone: bool = True) -> str:
    """When, and by whom where that is known; `relative`, "3 minutes ago", with the moment itself in the title.

    `zone=False` stands under a table's head that says the zone: `components/zone.html`.
    """
    if at is None:
        return ""
    local = timezone.localtime(at)
    exact = words.moment(at)
    if relative or not zone:
        short = words.ago(at) if relative else words.moment(at, zone=False)
        shown = format_html(
            '<time datetime="{}" title="{}"><bdi>{}</bdi></time>', local.isoformat(), exact, short
        )
    else:
        shown = format_html('<time datetime="{}"><bdi>{}</bdi></time>', local.isoformat(), exact)
    if not by:
        return shown
    return format_html(gettext("{moment} by {person}"), moment=shown, person=_isolated(by))


@register.simple_tag
def day(when: date | None) -> str:
    if when is None:
        return ""
    iso = timezone.localdate(when) if isinstance(when, datetime) else when
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', iso.isoformat(), words.day(when))


@register.simple_tag
def number(value: Decimal | float | None, decimals: int | None = None) -> str:
    return "" if value is None else _isolated(words.number(value, decimals))


@register.simple_tag
def money(amount: Decimal | int | None, currency: str) -> str:
    return "" if amount is None else _isolated(words.money(amount, currency))


@register.simple_tag(name="bytes")
def size(number_of_bytes: int | None) -> str:
    return "" if number_of_bytes is None else _isolated(words.size(number_of_bytes))


@register.simple_tag
def duration(seconds: float | None) -> str:
    return "" if seconds is None else _isolated(words.duration(seconds))


@register.simple_tag
def phone(value: str, *, link: bool = False) -> str:
    """As it was written; `link` dials it."""
    number_alone = "".join(character for character in value if character.isdigit() or character == "+")
    return _address(value, f"tel:{number_alone}" if link else "")


@register.simple_tag
def email(value: str, *, link: bool = False) -> str:
    """`link` writes to it."""
    return _address(value, f"mailto:{quote(value, safe='@')}" if link else "")


@register.simple_tag
def identifier(value: Any) -> str:
    """A number or a name that a machine gave: read from the left in every language."""
    return format_html('<bdi class="id" dir="ltr">{}</bdi>', value) if value else ""


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Ours, each code with its own name for itself. Django's tag would translate the names."""
    return [*settings.LANGUAGES]


def _address(value: str, href: str) -> str:
    if not value:
        return ""
    shown = format_html('<bdi dir="ltr">{}</bdi>', value)
    return format_html('<a href="{}">{}</a>', href, shown) if href else shown


def _isolated(value: Any) -> str:
    return format_html("<bdi>{}</bdi>", value)
