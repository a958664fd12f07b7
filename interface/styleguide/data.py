"""Lists and records: tables, filters, navigation, states, history, charts, what is empty, and paper."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from interface.filtering import Field, FilterBar
from interface.styleguide import samples
from interface.styleguide.section import Section
from interface.tabs import Tab

FIELDS = (
    Field("kind", _("Kind"), "kind", lambda: [("person", _("Person")), ("company", _("Company"))]),
    Field(
        "country", _("Country"), "country", lambda: [("SA", "السعودية"), ("CN", "中国"), ("GB", _("Britain"))]
    ),
    Field("company", _("Company"), "company__name"),
)
ASKED = "kind=person&country=SA&country-op=not&company=启明"


def _tables(_request: HttpRequest) -> dict[str, Any]:
    return {"orders": samples.ORDERS, "placeholders": "123"}


def _filters(request: HttpRequest) -> dict[str, Any]:
    return {
        "bar": FilterBar(request.GET or QueryDict(ASKED), FIELDS),
        "nothing_asked": FilterBar(QueryDict(""), ()),
    }


def _navigation(_request: HttpRequest) -> dict[str, Any]:
    page = Paginator(range(400), 20).page(7)
    return {
        "tabs": [
            Tab(_("All"), "#all", 128, current=True),
            Tab(_("Open"), "#open", 12),
            Tab(pgettext_lazy("state", "On hold"), "#hold", 3),
            Tab(_("History"), "#history"),
        ],
        "above": [(_("Orders"), "#orders"), ("SO-1042", "#so-1042")],
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "keyset": {"previous": "SO-1090", "next": "SO-1041"},
    }


def _status(_request: HttpRequest) -> dict[str, Any]:
    return {
        "tones": samples.TONES,
        "stages": samples.STAGES,
        "stopped": samples.STOPPED,
        "actions": samples.ACTIONS,
        "lines": samples.STEPS,
        "failed": samples.STEPS_FAILED,
        "meters": samples.METERS,
        "stats": samples.STATS,
    }


def _history(_request: HttpRequest) -> dict[str, Any]:
    return {"days": samples.DAYS, "differences": samples.DIFFERENCES, "people": samples.PEOPLE}


def _charts(_request: HttpRequest) -> dict[str, Any]:
    return {
        "weeks": samples.ORDERS_A_WEEK,
        "restores": samples.RESTORES,
        "one": samples.ONE_POINT,
        "none": samples.NO_POINTS,
        "amounts": samples.AMOUNTS,
        "course": samples.COURSE,
        "days": samples.backup_days(),
    }


def _empty_states(_request: HttpRequest) -> dict[str, Any]:
    return {"people": samples.PEOPLE}


def _print(_request: HttpRequest) -> dict[str, Any]:
    return {"orders": samples.ORDERS * 12, "classification": _("Confidential")}


SECTIONS: tuple[Section, ...] = (
    Section("tables", _("Tables"), _("Many records at once: a row is a link, a phone shows cards."), _tables),
    Section(
        "filters", _("Filters"), _("What a list is narrowed by is its address, shown as chips."), _filters
    ),
    Section("navigation", _("Navigation"), _("Tabs, the way back up, and pages of a list."), _navigation),
    Section("status", _("Status"), _("Where something stands, never told by colour alone."), _status),
    Section("history", _("Records and history"), _("Facts, what happened, and what changed."), _history),
    Section("charts", _("Charts"), _("Drawn by the server, each with its numbers."), _charts),
    Section("empty-states", _("Empty states"), _("Nothing yet, no match, not permitted."), _empty_states),
    Section("print", _("On paper"), _("A4: print this page to see it."), _print),
)
