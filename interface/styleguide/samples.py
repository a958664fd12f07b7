"""What the style guide shows its parts with: small, and such as could be true."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interface.charts import Chart, Point
from interface.differing import differing
from interface.heat_strips import Day
from interface.timelines import Told, by_day
from interface.workflows import NextAction, Stage
from jobs.showing import StepLine

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
TODAY = NOW.date()


@dataclass(frozen=True)
class Order:
    number: str
    customer: str
    state: object
    tone: str
    amount: str
    currency: str
    lines: int
    on: date
    note: str = ""


ORDERS = (
    Order(
        "SO-1042",
        "شركة النخيل للتمور",
        pgettext_lazy("state of an order", "Paid"),
        "good",
        "48,200.00",
        "SAR",
        12,
        date(2026, 11, 22),
    ),
    Order(
        "SO-1041",
        "北京启明会展有限公司",
        pgettext_lazy("state of an order", "Packing"),
        "info",
        "126,500.00",
        "CNY",
        38,
        date(2026, 11, 21),
    ),
    Order(
        "SO-1040",
        "Brindley & Sons Tea Merchants",
        pgettext_lazy("state of an order", "On hold"),
        "warn",
        "3,980.50",
        "GBP",
        4,
        date(2026, 11, 20),
        "The customer asked us to wait until the new labels have come from the printer in Leeds.",
    ),
    Order(
        "SO-1039",
        "نورة العتيبي",
        pgettext_lazy("state of an order", "Refused"),
        "bad",
        "640.00",
        "SAR",
        1,
        date(2026, 11, 19),
    ),
    Order(
        "SO-1038",
        "王小明",
        pgettext_lazy("state of an order", "Draft"),
        "neutral",
        "9,075.00",
        "CNY",
        6,
        date(2026, 11, 18),
    ),
)
PEOPLE = ("Amira Haddad", "王小明", "نورة العتيبي")
TONES = (
    ("neutral", _("Draft")),
    ("info", _("Running")),
    ("good", _("Done")),
    ("warn", pgettext_lazy("state", "On hold")),
    ("bad", _("Failed")),
)
STAGES = (
    Stage(pgettext_lazy("state of an order", "Draft"), "done", NOW - timedelta(days=4), "Amira Haddad"),
    Stage(pgettext_lazy("state of an order", "Confirmed"), "done", NOW - timedelta(days=3), "王小明"),
    Stage(pgettext_lazy("state of an order", "Packing"), "present", NOW - timedelta(hours=2), "نورة العتيبي"),
    Stage(pgettext_lazy("state of an order", "Shipped"), "coming"),
    Stage(pgettext_lazy("state of an order", "Paid"), "coming"),
)
STOPPED = (
    *STAGES[:2],
    Stage(pgettext_lazy("state of an order", "On hold"), "stopped", NOW - timedelta(hours=1), "王小明"),
    *STAGES[3:],
)
ACTIONS = (
    NextAction(_("Ship"), url="#shipped", look="primary"),
    NextAction(_("Take payment"), reason=_("First ship the order: it is paid on delivery.")),
    NextAction(_("Cancel the order"), url="#cancelled", look="danger"),
)
STEPS = (
    StepLine(_("Create the role"), "done", 0.12),
    StepLine(_("Create the database"), "done", 1.84),
    StepLine(_("Bring the tables up to date"), "running", 3.07),
    StepLine(_("Publish the address"), "waiting", None),
)
STEPS_FAILED = (
    StepLine(_("Create the role"), "done", 0.12),
    StepLine(_("Create the database"), "failed", None),
    StepLine(_("Publish the address"), "waiting", None),
)
DAYS = tuple(
    by_day(
        [
            Told(NOW, "نورة العتيبي", _("Packed"), "package"),
            Told(
                NOW - timedelta(hours=3),
                "王小明",
                _("Changed"),
                "pencil",
                ((_("Delivery"), "2026-12-01"), (_("Notes"), "请轻放，易碎")),
            ),
            Told(
                NOW - timedelta(days=2),
                "Amira Haddad",
                _("Paid"),
                "banknote",
                ((_("Amount"), "SAR 48,200.00"),),
            ),
            Told(NOW - timedelta(days=2, hours=1), "Amira Haddad", _("Created"), "circle-plus"),
        ]
    )
)
LONG = "Deliver to the gate at the north side, and ring twice. " * 8
DIFFERENCES = (
    differing(_("Name"), "Brindley and Sons", "Brindley & Sons Tea Merchants"),
    differing(_("City"), "Leeds", "York"),
    differing(_("Address"), "طريق الملك فهد\nحي العليا", "طريق الملك عبدالله\nحي العليا"),
    differing(_("Company"), "北京启明会展有限公司", "北京启明国际会展公司"),
    differing(_("Phone"), "+44 7700  900001", "+44 7700 900001"),
    differing(_("Tax ID"), "", "GB 123 4567 89"),
    differing(_("Notes"), f"{LONG}Ask for Sam.", f"{LONG}Ask for Dora."),
)
WEEKS = (12, 18, 9, 24, 31, 22, 27, 35, 29, 41, 38, 33)
ORDERS_A_WEEK = Chart(
    _("Orders a week"),
    _("What came in during the last twelve weeks, and what we aim at."),
    (_("Week"), _("Orders")),
    [Point(str(37 + number), count) for number, count in enumerate(WEEKS)],
    target=30,
)
RESTORES = Chart(
    _("Time to restore"),
    _("Minutes of each drill, and the most we allow."),
    (_("Drill"), _("Minutes")),
    [Point(str(number), minutes) for number, minutes in enumerate((6.5, 4.1, 12.2, 16.8, 5.9, 4.2), start=1)],
    target=15,
    most=True,
)
ONE_POINT = Chart(
    _("Orders a week"), _("The first week has just ended."), (_("Week"), _("Orders")), [Point("48", 7)]
)
NO_POINTS = Chart(_("Orders a week"), _("Nothing has been ordered yet."), (_("Week"), _("Orders")), [])
AMOUNTS = Chart(
    _("Orders by amount"),
    _("Each bar leads to the orders in it."),
    (_("Amount from"), _("Orders")),
    [
        Point(str(start), count, url=f"#from-{start}")
        for start, count in zip(range(0, 4500, 500), (4, 11, 19, 26, 17, 9, 5, 2, 1), strict=True)
    ],
)
COURSE = [Point(str(number), count) for number, count in enumerate(WEEKS)]


@dataclass(frozen=True)
class Stat:
    label: object
    number: str
    unit: object = ""
    delta: str = ""
    direction: str = "level"
    tone: str = ""
    than: object = ""
    target: object = ""
    points: tuple[Point, ...] = ()


STATS = (
    Stat(
        _("Newest backup"),
        "38",
        _("min"),
        "12",
        "down",
        "good",
        _("less than yesterday"),
        _("Target: 60 min"),
    ),
    Stat(_("Last drill"), "9", _("days ago"), "", target=_("Target: 7 days")),
    Stat(
        _("Time to restore"),
        "4.2",
        _("min"),
        "0.8",
        "up",
        "bad",
        _("more than last time"),
        _("Target: 15 min"),
    ),
    Stat(_("Orders this week"), "33", "", "5", "down", "", _("less than last week"), points=tuple(COURSE)),
)


@dataclass(frozen=True)
class Meter:
    value: int
    of: int
    low: int
    high: int
    best: int
    words: str


METERS = (
    (_("Storage"), Meter(3, 10, 7, 9, 0, "3 GB / 10 GB")),
    (_("Seats"), Meter(8, 10, 7, 9, 0, "8 / 10")),
    (_("Calls"), Meter(97, 100, 70, 90, 0, "97 / 100")),
)


def backup_days() -> list[Day]:
    """Ninety days: mostly verified, a drill each week, one failure, two days with nothing."""
    odd = {31: "failed", 57: "missed", 58: "missed", 88: "stored", 89: "stored"}
    return [
        Day(
            TODAY - timedelta(days=89 - number), odd.get(number, "drilled" if number % 7 == 3 else "verified")
        )
        for number in range(90)
    ]
