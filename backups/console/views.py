from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from access.declaring import requires
from backups.console.catalog import catalog_row
from backups.console.closed import closed_with_copies, rows_of_closed
from backups.console.figures import figures_of
from backups.console.standing import Standing, judged, rank_of, rows_of, together
from backups.models import Policy, UnclaimedCopy
from interface.filtering import IS, NOT, Field, FilterBar

PAGE = 50
STATE = Field("state", _("State"), "", lambda: Standing.choices)


@requires("platform.backup:view")
@require_safe
def fleet(request: HttpRequest) -> HttpResponse:
    bar, seen = FilterBar(request.GET, (STATE,)), together()
    named, is_of_closed = Q(name__icontains=bar.q) | Q(slug__icontains=bar.q), _asks_for_closed(request)
    closed, living = closed_with_copies().filter(named), judged().filter(named)
    found = closed if is_of_closed else living.filter(rank__in=_wanted(request)) if bar.chips else living
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "bar": bar,
        "page": page,
        "rows": rows_of_closed([*page]) if is_of_closed else rows_of([*page]),
        "is_of_closed": is_of_closed,
        "closed": 0 if is_of_closed else closed.count(),
        "closed_query": urlencode({"state": Standing.CLOSED, "q": bar.q}),
        "numbers": page.paginator.get_elided_page_range(page.number),
        "seen": seen,
        "figures": figures_of(seen),
        "catalog": catalog_row(),
        "shortenings": [each for each in Policy.objects.all() if each.is_to_be_shorter],
        "unclaimed": UnclaimedCopy.objects.standing().count(),
        "is_narrow": bool(bar.q or bar.chips),
    }
    return render(request, "backups/fleet.html", shown)


def _asks_for_closed(request: HttpRequest) -> bool:
    asked = STATE.asked_in(request.GET)
    return asked is not None and (asked.value, asked.operator) == (Standing.CLOSED, IS)


def _wanted(request: HttpRequest) -> list[int]:
    """By rank."""
    asked = STATE.asked_in(request.GET)
    wanted = [
        each for each in Standing.values if not asked or (each == asked.value) != (asked.operator == NOT)
    ]
    return [rank_of(each) for each in wanted]
