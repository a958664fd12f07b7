from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.declaring import requires, signed_in
from activity.background import EXPORT
from activity.exporting import FORMATS
from activity.filters import LogFilter
from activity.histories import History
from activity.pages import Place, events_of_request, oldest, own_page, page_of
from activity.records import above_of, groups_of, tabs_of
from activity.telling import told
from audit.keeping import retention
from audit.reading import TooMuchToRead
from interface.filtering import FilterBar
from jobs.kinds import Person
from jobs.starting import start

TOO_MUCH = 503
CHANGES_A_PAGE = 20


@requires("audit.activity:view")
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    asked = LogFilter.of(request.GET)
    shown: dict[str, Any] = {"filter": asked, "bar": FilterBar(request.GET, asked.fields)}
    try:
        page = page_of(Place.of(request.GET), **asked.only)
        shown |= {"page": page, "lines": told(page.events, request.user), "oldest": oldest()}
    except TooMuchToRead:
        return render(request, "activity/too_much.html", shown, status=TOO_MUCH)
    shown |= {"months": retention(), "may_export": request.user.has_perm("audit.activity:export")}
    return render(request, "activity/event_list.html", shown)


@requires("audit.activity:view")
@require_safe
def of_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    try:
        lines = told(events_of_request(str(request_id)), request.user)
    except TooMuchToRead:
        return render(request, "activity/too_much.html", status=TOO_MUCH)
    if not lines:
        raise Http404
    above = [(_("Activity"), reverse("activity:event-list"))]
    return render(
        request, "activity/request.html", {"lines": lines, "request_id": request_id, "above": above}
    )


@signed_in
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    try:
        page = own_page(request.user, Place.of(request.GET))
    except TooMuchToRead:
        return render(request, "activity/too_much.html", status=TOO_MUCH)
    return render(request, "activity/own.html", {"page": page, "lines": told(page.events, request.user)})


@requires("audit.activity:export", confirmed=True)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    asked = LogFilter.of(request.GET)
    chosen = request.POST.get("format", "")
    form = chosen if chosen in FORMATS else FORMATS[0]
    job = start(
        EXPORT.name, cast("Person", request.user), query=asked.query, form=form, language=get_language()
    )
    return redirect(job)


def history_page(history: History) -> Callable[..., HttpResponse]:
    """The page of the history of one record of that kind."""

    @requires(history.code)
    @require_safe
    def record(request: HttpRequest, table: str, pk: UUID | int) -> HttpResponse:
        known = get_object_or_404(history.reached_by(request.user), pk=pk)
        asked = LogFilter.of_record(table, str(pk), request.GET)
        shown = {"record": known, "history": history, "bar": FilterBar(request.GET, asked.fields)}
        try:
            page = page_of(Place.of(request.GET), CHANGES_A_PAGE, **asked.only)
            groups = groups_of(page.events, request.user)
        except TooMuchToRead:
            return render(request, "activity/too_much.html", status=TOO_MUCH)
        shown |= {"page": page, "groups": groups, "filter": asked, "above": above_of(history)}
        shown["tabs"] = history.tabs(known, request.user) if history.tabs else tabs_of(history, known)
        return render(request, "activity/record.html", shown)

    return record
