from collections.abc import Callable
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from console.break_glass import requesting
from console.break_glass.forms import AskForm
from console.exceptions import BreakGlassRefused
from console.models import BreakGlass
from tenants.models import Tenant
from tenants.origins import site_url

PAGE = 50


@requires("platform.break_glass:view")
@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    visits = BreakGlass.objects.select_related("tenant", "operator")
    page = Paginator(visits, PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    return render(request, "console/visit_list.html", {"page": page, "numbers": numbers})


@requires("platform.break_glass:request", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def visit_create(request: PersonRequest, pk: UUID) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            visit = requesting.ask(tenant, request.user, asked["reason"], asked["minutes"])
            return redirect("visits:visit-detail", visit.pk)
        except BreakGlassRefused as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    return render(request, "console/visit_create.html", {"tenant": tenant, "form": form}, status=status)


@requires("platform.break_glass:view")
@never_cache
@require_safe
def visit_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Or, for htmx, the part of it that changes by what the customer does."""
    if "HX-Request" in request.headers:
        return render(request, "console/_visit.html", _shown(request, _visit(pk)))
    return _page(request, pk)


@requires("platform.break_glass:approve", confirmed=True)
@require_POST
def visit_approve(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, lambda: requesting.approve(pk, request.user))


@requires("platform.break_glass:request", confirmed=True)
@never_cache
@require_POST
def visit_ticket(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The way in, on this answer alone: its address holds the ticket."""
    visit = _visit(pk)
    try:
        ticket = requesting.ticket_for(pk, request.user)
    except BreakGlassRefused as refusal:
        return _page(request, pk, refusal=str(refusal))
    way = reverse("support:enter", urlconf="config.urls_tenant", args=[ticket])
    return _page(request, pk, way=site_url(visit.tenant.primary_host) + way)


@requires("platform.break_glass:request")
@require_POST
def visit_withdraw(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One's own."""
    get_object_or_404(BreakGlass, pk=pk, operator=request.user)
    return _changed(request, pk, lambda: requesting.withdraw(pk, request.user))


@requires("platform.break_glass:revoke")
@require_POST
def visit_revoke(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, lambda: requesting.withdraw(pk, request.user))


def _visit(pk: UUID) -> BreakGlass:
    return get_object_or_404(BreakGlass.objects.select_related("tenant", "operator", "second"), pk=pk)


def _changed(request: PersonRequest, pk: UUID, change: Callable[[], object]) -> HttpResponse:
    _visit(pk)
    try:
        change()
    except BreakGlassRefused as refusal:
        return _page(request, pk, refusal=str(refusal))
    return redirect("visits:visit-detail", pk)


def _page(request: PersonRequest, pk: UUID, refusal: str = "", way: str = "") -> HttpResponse:
    visit = _visit(pk)
    above = [(_("Visits"), reverse("visits:visit-list"))]
    shown = {**_shown(request, visit), "refusal": refusal, "way": way, "above": above}
    return render(request, "console/visit_detail.html", shown, status=409 if refusal else 200)


def _shown(request: PersonRequest, visit: BreakGlass) -> dict[str, object]:
    """With what this operator can do about it."""
    mine = visit.operator_id == request.user.pk
    going_on = not visit.is_over and visit.withdrawn_by_id is None
    return {
        "visit": visit,
        "is_mine": mine,
        "may_second": visit.waits_for_a_second
        and not mine
        and request.user.has_perm("platform.break_glass:approve"),
        "may_withdraw": going_on and mine and request.user.has_perm("platform.break_glass:request"),
        "may_revoke": going_on and not mine and request.user.has_perm("platform.break_glass:revoke"),
        "may_enter": visit.may_be_entered and mine and request.user.has_perm("platform.break_glass:request"),
    }
