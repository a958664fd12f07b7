from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from audit.recording import record
from backups.drilling import asking
from backups.drilling.coverage import coverage
from backups.drilling.forms import CopyForm, SubjectForm
from backups.drilling.lists import OUTCOMES, drills_asked_for, stats_of, tabs_of
from backups.drilling.reporting import document, is_genuine
from backups.drilling.showing import shown
from backups.drilling.steps import STEPS
from backups.exceptions import DrillRefused
from backups.models import Drill
from backups.owners import full_name, short_name
from backups.persons import named_operator
from jobs import following

PAGE = 50


@requires("platform.drill:view")
@require_safe
def drill_list(request: HttpRequest) -> HttpResponse:
    outcome = request.GET.get("outcome", "")
    page = Paginator(drills_asked_for(outcome), PAGE).get_page(request.GET.get("page"))
    seen = coverage()
    context = {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "coverage": seen,
        "stats": stats_of(seen),
        "tabs": tabs_of(outcome),
        "is_narrow": outcome in OUTCOMES and outcome != "",
    }
    return render(request, "drills/drill_list.html", context)


@requires("platform.drill:start", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def drill_create(request: PersonRequest) -> HttpResponse:
    """First whose copy, which stands in the address then; then which of them."""
    whose = SubjectForm(_who_was_asked_for(request))
    if not whose.is_valid():
        status = 422 if whose.is_bound else 200
        return render(request, "drills/drill_whose.html", {"form": whose, **_above()}, status=status)
    subject = whose.subject
    typed = request.POST if request.method == "POST" else None
    form = CopyForm(typed, subject, initial=_begun(request))
    try:
        if form.is_valid():
            return redirect(asking.ask_for(form.chosen(), _operator(request)))
    except DrillRefused as refusal:
        form.add_error(None, str(refusal))
    context = {"form": form, "name": full_name(subject), "whose": whose, "steps": STEPS, **_above()}
    return render(request, "drills/drill_create.html", context, status=422 if form.is_bound else 200)


@requires("platform.drill:view")
@never_cache
@require_safe
def drill_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _page(request, _drill(pk))


@requires("platform.drill:view")
@never_cache
@require_safe
def drill_progress(request: PersonRequest, pk: UUID) -> HttpResponse:
    drill = _drill(pk)
    progress = shown(drill, may_stop=request.user.has_perm("platform.drill:abort"))
    return following.changes(request, "drills/_drill_changes.html", progress, **_shown(request, drill))


@requires("platform.drill:abort", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def drill_stop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Asks first."""
    drill = _drill(pk)
    if request.method != "POST":
        return render(request, "drills/drill_stop.html", {"drill": drill, **_above(drill)})
    try:
        asking.stop(drill, _operator(request))
    except DrillRefused as refusal:
        return _page(request, _drill(pk), refusal=str(refusal))
    return redirect(drill)


@requires("platform.drill:sign_off", confirmed=True)
@require_POST
def drill_sign_off(request: PersonRequest, pk: UUID) -> HttpResponse:
    drill = _drill(pk)
    try:
        asking.sign_off(drill, _operator(request))
    except DrillRefused as refusal:
        return _page(request, _drill(pk), refusal=str(refusal))
    messages.success(request, _("The report is signed off."))
    return redirect(drill)


@requires("platform.drill:export")
@require_POST
def drill_export(request: HttpRequest, pk: UUID) -> HttpResponse:
    drill = _drill(pk)
    if not drill.signed_text:
        raise Http404
    answer = HttpResponse(document(drill), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="drill-{drill.pk}.json"'
    whose = short_name(drill.tenant)
    record("backups.drill_exported", subject=asking.TABLE, object_id=drill.pk, tenant=whose)
    return answer


def _drill(pk: UUID) -> Drill:
    drill: Drill = get_object_or_404(Drill.objects.select_related("tenant", "backup"), pk=pk)
    return drill


def _operator(request: PersonRequest) -> str:
    return named_operator(request.user)


def _who_was_asked_for(request: HttpRequest) -> QueryDict | None:
    """In the address, and in the second form besides."""
    return next((asked for asked in (request.GET, request.POST) if "tenant" in asked), None)


def _begun(request: HttpRequest) -> dict[str, str]:
    """A certain copy, where a link names it."""
    copy = request.GET.get("copy", "")
    return {"which": "certain", "copy": copy} if copy else {"which": "latest"}


def _above(drill: Drill | None = None) -> dict[str, list[tuple[str, str]]]:
    above = [(_("Restore drills"), reverse("drills:drill-list"))]
    return {"above": [*above, (drill.subject_name, drill.get_absolute_url())] if drill else above}


def _page(request: PersonRequest, drill: Drill, refusal: str = "") -> HttpResponse:
    person = request.user
    context = {
        "refusal": refusal,
        "classification": _("Internal"),
        **_shown(request, drill),
        **_above(),
    }
    progress = shown(drill, may_stop=person.has_perm("platform.drill:abort"))
    return following.page(request, "drills/drill_detail.html", progress, **context)


def _shown(request: PersonRequest, drill: Drill) -> dict[str, Any]:
    genuine = bool(drill.signed_text) and is_genuine(drill.signed_text, bytes(drill.signature))
    return {
        "drill": drill,
        "is_genuine": genuine,
        "has_known_asker": asking.has_known_asker(drill),
        "may_sign_off": genuine and _may_sign_off(request, drill),
    }


def _may_sign_off(request: PersonRequest, drill: Drill) -> bool:
    may = request.user.has_perm("platform.drill:sign_off")
    return drill.signed_off_at is None and may and not asking.unfit_to_sign(drill, _operator(request))
