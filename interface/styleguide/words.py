"""Dates, numbers, money and addresses as each language writes them, side by side."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from interface.styleguide.section import Section
from interface.templatetags import words

AT = datetime(2026, 11, 26, 9, 5, tzinfo=UTC)


def _recently() -> str:
    return words.moment(timezone.now() - timedelta(minutes=3), relative=True)


EXAMPLES: tuple[tuple[str, Callable[[], str]], ...] = (
    ("moment at", lambda: words.moment(AT)),
    ("moment at by=user", lambda: words.moment(AT, by="Noura")),
    ("moment at relative=True", _recently),
    ("day at", lambda: words.day(AT)),
    ("number n", lambda: words.number(1234567)),
    ("number n decimals=2", lambda: words.number(Decimal("-1234.5"), 2)),
    ("money amount 'SAR'", lambda: words.money(Decimal("1234.5"), "SAR")),
    ("money amount 'CNY'", lambda: words.money(Decimal("-1234.5"), "CNY")),
    ("money amount 'GBP'", lambda: words.money(Decimal("1234.5"), "GBP")),
    ("money amount 'KWD'", lambda: words.money(Decimal("1.5"), "KWD")),
    ("money amount 'JPY'", lambda: words.money(1234, "JPY")),
    ("bytes n", lambda: words.size(8_600_000)),
    ("duration seconds", lambda: words.duration(7440)),
    ("phone p link=True", lambda: words.phone("+966 50 123 4567", link=True)),
    ("email e link=True", lambda: words.email("noura@nakheel.example", link=True)),
    ("identifier id", lambda: words.identifier("INV-2026-0042")),
)


def _side_by_side(_request: HttpRequest) -> dict[str, Any]:
    return {
        "languages": settings.LANGUAGES,
        "rows": [(tag, [_said(code, say) for code, _name in settings.LANGUAGES]) for tag, say in EXAMPLES],
    }


def _said(language: str, say: Callable[[], str]) -> tuple[str, str, str]:
    """The language, its direction, and what is said in it."""
    with override(language):
        return language, "rtl" if language == "ar" else "ltr", say()


SECTIONS = (
    Section(
        "words",
        _("Words and numbers"),
        _("Dates, numbers, money and addresses, written as each language writes them."),
        _side_by_side,
    ),
)
