from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from console.exceptions import RecoveryRefused
from console.models import OwnerRecovery
from console.owner_recovery import requesting
from console.owner_recovery.forms import RecoverForm
from tenants.models import Tenant

PAGE = 50
RELATED = ("tenant", "requested_by", "approved_by", "cancelled_by")
State = OwnerRecovery.State


@requires("platform.owner_recovery:view")
@require_safe
def recovery_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(OwnerRecovery.objects.select_related(*RELATED), PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    return render(request, "console/recovery_list.html", {"page": page, "numbers": numbers})


@requires("platform.owner_recovery:request", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_create(request: PersonRequest, pk: UUID) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    form = RecoverForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            recovery = requesting.ask(tenant, request.user, typed["email"], typed["proof"])
            return redirect("recoveries:recovery-detail", recovery.pk)
        except RecoveryRefused as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    shown = {"tenant": tenant, "form": form, "hours": settings.AMANA_OWNER_RECOVERY_HOURS}
    return render(request, "console/recovery_create.html", shown, status=status)


@requires("platform.owner_recovery:view")
@never_cache
@require_safe
def recovery_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Or, for htmx, the part of it that changes."""
    if "HX-Request" in request.headers:
        return render(request, "console/_recovery.html", _shown(request, _recovery(pk)))
    return _page(request, pk)


@requires("platform.owner_recovery:approve", confirmed=True)
@require_POST
def recovery_approve(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, lambda: requesting.approve(pk, request.user))


@requires("platform.owner_recovery:cancel")
@require_POST
def recovery_cancel(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, lambda: requesting.cancel(pk, request.user))


def _recovery(pk: UUID) -> OwnerRecovery:
    return get_object_or_404(OwnerRecovery.objects.select_related(*RELATED), pk=pk)


def _changed(request: PersonRequest, pk: UUID, change: Callable[[], None]) -> HttpResponse:
    _recovery(pk)
    try:
        change()
    except RecoveryRefused as refusal:
        return _page(request, pk, refusal=str(refusal))
    return redirect("recoveries:recovery-detail", pk)


def _page(request: PersonRequest, pk: UUID, refusal: str = "") -> HttpResponse:
    above = [(_("Recovery of owners"), reverse("recoveries:recovery-list"))]
    shown = {**_shown(request, _recovery(pk)), "refusal": refusal, "above": above}
    return render(request, "console/recovery_detail.html", shown, status=409 if refusal else 200)


def _shown(request: PersonRequest, recovery: OwnerRecovery) -> dict[str, object]:
    """With what this operator can do about it."""
    person, asked = request.user, recovery.state == State.ASKED
    mine = recovery.requested_by_id == person.pk
    return {
        "recovery": recovery,
        "may_approve": asked and not mine and person.has_perm("platform.owner_recovery:approve"),
        "may_cancel": not recovery.is_over and person.has_perm("platform.owner_recovery:cancel"),
    }
