"""How dates, numbers, money and addresses stand in each language: to the letter, invisible marks included."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import engines
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import override

from interface import words

AT = datetime(2026, 11, 26, 9, 5, tzinfo=UTC)
LANGUAGES = ("en", "ar", "zh-hans")


def shown(template: str, **context: Any) -> str:
    return engines["django"].from_string(template).render(context).strip()


def in_each(template: str, **context: Any) -> list[str]:
    """What `template` says in English, Arabic and Chinese."""
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(shown(template, **context))
    return said


def test_a_moment_is_machine_readable_and_stands_by_itself() -> None:
    assert in_each("{% moment at %}", at=AT) == [
        '<time datetime="2026-11-26T09:05:00+00:00"><bdi>26 Nov 2026, 09:05 UTC</bdi></time>',
        '<time datetime="2026-11-26T09:05:00+00:00"><bdi>26 نوفمبر 2026، 09:05 UTC</bdi></time>',
        '<time datetime="2026-11-26T09:05:00+00:00"><bdi>2026年11月26日 09:05 UTC</bdi></time>',
    ]


def test_a_moment_says_whose_it_was() -> None:
    said = shown("{% moment at by=by %}", at=AT, by="<Alice>")
    assert said == f"{shown('{% moment at %}', at=AT)} by <bdi>&lt;Alice&gt;</bdi>"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-10, ["just now"]),
        (10, ["just now"]),
        (-60, ["1 minute ago", "قبل دقيقة واحدة", "1分钟前"]),
        (-180, ["3 minutes ago", "قبل 3 دقائق", "3分钟前"]),
        (-660, ["11 minutes ago", "قبل 11 دقيقة", "11分钟前"]),
        (-7200, ["2 hours ago", "قبل ساعتين", "2小时前"]),
        (181, ["in 3 minutes", "خلال 3 دقائق", "3分钟后"]),
    ],
)
def test_how_long_ago_is_said_with_the_right_plural(seconds: int, said: list[str]) -> None:
    at = timezone.now() + timedelta(seconds=seconds)
    for language, expected in zip(LANGUAGES, said, strict=False):
        with override(language):
            assert words.ago(at) == expected


def test_a_relative_moment_keeps_the_exact_one_in_its_title() -> None:
    at = timezone.now() - timedelta(minutes=3)
    assert shown("{% moment at relative=True %}", at=at) == (
        f'<time datetime="{at.isoformat()}" title="{words.moment(at)}"><bdi>3 minutes ago</bdi></time>'
    )


@pytest.mark.parametrize("when", [AT, AT.date()])
def test_a_day(when: date) -> None:
    assert in_each("{% day when %}", when=when) == [
        '<time datetime="2026-11-26"><bdi>26 Nov 2026</bdi></time>',
        '<time datetime="2026-11-26"><bdi>26 نوفمبر 2026</bdi></time>',
        '<time datetime="2026-11-26"><bdi>2026年11月26日</bdi></time>',
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (1234567, None, ["1,234,567"] * 3),
        (Decimal("0.50"), None, ["0.50"] * 3),
        (12.345, 2, ["12.35"] * 3),
        (-1234, 2, ["\u22121,234.00", "\u200e\u22121,234.00", "\u22121,234.00"]),
    ],
)
def test_a_number_has_western_digits_in_groups_and_a_real_minus(
    value: Decimal | float, decimals: int | None, said: list[str]
) -> None:
    assert in_each("{% number value decimals=decimals %}", value=value, decimals=decimals) == [
        f"<bdi>{text}</bdi>" for text in said
    ]


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.5", "SAR", ["SAR\xa01,234.50", "\u200f1,234.50\xa0\u2068ر.س.\u200f\u2069", "SAR\xa01,234.50"]),
        (
            "-1234.5",
            "SAR",
            ["−SAR\xa01,234.50", "\u200f\u200e−1,234.50\xa0\u2068ر.س.\u200f\u2069", "−SAR\xa01,234.50"],
        ),
        ("1234.5", "GBP", ["£1,234.50", "\u200f1,234.50\xa0\u2068UK£\u2069", "£1,234.50"]),
        ("1234.5", "CNY", ["CN¥1,234.50", "\u200f1,234.50\xa0\u2068CN¥\u2069", "¥1,234.50"]),
        ("-0.05", "USD", ["−US$0.05", "\u200f\u200e−0.05\xa0\u2068US$\u2069", "−US$0.05"]),
        ("1234", "JPY", ["JP¥1,234", "\u200f1,234\xa0\u2068JP¥\u2069", "JP¥1,234"]),
        ("1.5", "KWD", ["KWD\xa01.500", "\u200f1.500\xa0\u2068د.ك.\u200f\u2069", "KWD\xa01.500"]),
        ("0.125", "GBP", ["£0.125", "\u200f0.125\xa0\u2068UK£\u2069", "£0.125"]),
    ],
)
def test_money_is_placed_spaced_and_divided_as_its_currency_and_the_language_ask(
    amount: str, currency: str, said: list[str]
) -> None:
    assert in_each("{% money amount currency %}", amount=Decimal(amount), currency=currency) == [
        f"<bdi>{text}</bdi>" for text in said
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_djangos_formats_and_cldr_write_one_number_alike(language: str) -> None:
    with override(language):
        assert number_format(Decimal("1234567.5"), 2, force_grouping=True) in words.money(
            Decimal("1234567.5"), "SAR"
        )


@pytest.mark.parametrize(
    ("number_of_bytes", "said"),
    [
        (8_600_000, ["8.2\xa0MB", "8.2\xa0م.ب", "8.2\xa0MB"]),
        (5, ["5\xa0bytes"]),
    ],
)
def test_a_size(number_of_bytes: int, said: list[str]) -> None:
    found = in_each("{% bytes n %}", n=number_of_bytes)
    assert found[: len(said)] == [f"<bdi>{text}</bdi>" for text in said]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, ["0\xa0secs", "0\xa0ث", "0秒"]),
        (0.4213, ["0.42\xa0secs", "0.42\xa0ث", "0.42秒"]),
        (12.345, ["12.3\xa0secs", "12.3\xa0ث", "12.3秒"]),
        (60, ["1\xa0min", "1\xa0د", "1分钟"]),
        (200.4, ["3\xa0mins 20\xa0secs", "3\xa0د 20\xa0ث", "3分钟 20秒"]),
        (7440, ["2\xa0hrs 4\xa0mins", "2\xa0س 4\xa0د", "2小时 4分钟"]),
        (2 * 86400 + 3600 + 60, ["2\xa0days 1\xa0hr", "يومان 1\xa0س", "2天 1小时"]),
    ],
)
def test_a_duration_has_the_two_units_that_matter(seconds: float, said: list[str]) -> None:
    assert in_each("{% duration seconds %}", seconds=seconds) == [f"<bdi>{text}</bdi>" for text in said]


def test_addresses_and_ids_are_read_from_the_left() -> None:
    assert shown("{% email e %}", e="alice@acme.example") == '<bdi dir="ltr">alice@acme.example</bdi>'
    assert shown("{% phone p %}", p="+966 50 123 4567") == '<bdi dir="ltr">+966 50 123 4567</bdi>'
    assert shown("{% identifier i %}", i="INV-7") == '<bdi class="id" dir="ltr">INV-7</bdi>'


def test_an_address_leads_to_where_it_is_answered() -> None:
    assert shown("{% email e link=True %}", e="alice+x?cc=bob@acme.example") == (
        '<a href="mailto:alice%2Bx%3Fcc%3Dbob@acme.example"><bdi dir="ltr">alice+x?cc=bob@acme.example</bdi></a>'
    )
    assert shown("{% phone p link=True %}", p="+966 (50) 123-4567") == (
        '<a href="tel:+966501234567"><bdi dir="ltr">+966 (50) 123-4567</bdi></a>'
    )


@pytest.mark.parametrize(
    "tag", ["email v", "email v link=True", "phone v", "phone v link=True", "identifier v"]
)
def test_what_somebody_typed_is_never_markup(tag: str) -> None:
    assert "<script" not in shown(f"{{% {tag} %}}", v='"><script>alert(1)</script>@x')
    assert shown(f"{{% {tag} %}}", v="") == ""


@pytest.mark.parametrize("tag", ["moment v", "day v", "number v", "money v 'SAR'", "bytes v", "duration v"])
def test_what_is_not_known_is_not_said(tag: str) -> None:
    assert shown(f"{{% {tag} %}}", v=None) == ""


def test_a_word_is_kept_for_a_sentence() -> None:
    sentence = "{% bytes n as size %}{% blocktranslate %}{{ size }} of rows{% endblocktranslate %}"
    assert shown(sentence, n=2048) == "<bdi>2.0\xa0KB</bdi> of rows"


def test_items_of_a_list_stand_with_the_comma_of_their_language() -> None:
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(words.listed(["A", "B", "C"]))
    assert said == ["A, B, C", "A، B، C", "A、B、C"]
