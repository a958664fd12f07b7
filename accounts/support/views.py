from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import open_to_strangers, requires, signed_in
from accounts.exceptions import RecoveryRefused, SupportRefused
from accounts.models import OwnerRecovery, SupportGrant
from accounts.requests import PersonRequest
from accounts.support import recovering, visits
from accounts.support.guest import guest_at
from interface.error_pages import error_page

LONGEST = 100


@requires("accounts.support_grant:view")
@require_safe
def grant_list(request: HttpRequest) -> HttpResponse:
    return _list(request)


@requires("accounts.support_grant:approve", confirmed=True)
@require_POST
def approve(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _decided(request, pk, lambda: visits.approve(pk, request.user), _("%(name)s may come in."))


@requires("accounts.support_grant:approve")
@require_POST
def refuse(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _decided(request, pk, lambda: visits.refuse(pk, request.user), _("%(name)s may not come in."))


@requires("accounts.support_grant:revoke")
@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _decided(request, pk, lambda: visits.end(pk), _("The visit of %(name)s has ended."))


@requires("accounts.support_grant:revoke")
@require_POST
def recovery_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whoever looks after guests may say no to an owner's recovery, too."""
    get_object_or_404(OwnerRecovery, pk=pk)
    try:
        recovering.cancel(pk)
    except RecoveryRefused as refusal:
        return _list(request, refusal=str(refusal))
    messages.success(request, _("You said no: the second factor stays."))
    return redirect("support:grant-list")


@open_to_strangers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, ticket: str) -> HttpResponse:
    """Where a ticket leads. Looking at it uses nothing up; whoever is signed in here is signed out by coming in."""
    try:
        if request.method == "POST":
            visits.come_in(request, ticket)
            return redirect("home")
        return render(request, "support/enter.html", {"grant": visits.visible_grant(ticket)})
    except SupportRefused:
        return error_page(403, "support/no_entry", request=request)


@signed_in
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    guest = guest_at(request)
    if guest is None:
        raise PermissionDenied
    visits.leave(request, guest)
    return error_page(200, "support/left", request=request)


def _decided(request: HttpRequest, pk: UUID, decide: Callable[[], SupportGrant], said: str) -> HttpResponse:
    get_object_or_404(SupportGrant, pk=pk)
    try:
        grant = decide()
    except SupportRefused as refusal:
        return _list(request, refusal=str(refusal))
    messages.success(request, said % {"name": grant.operator_name})
    return redirect("support:grant-list")


def _list(request: HttpRequest, refusal: str = "") -> HttpResponse:
    grants = SupportGrant.objects.select_related("decided_by")[:LONGEST]
    shown = {
        "grants": grants,
        "refusal": refusal,
        "may_approve": request.user.has_perm("accounts.support_grant:approve"),
        "may_end": request.user.has_perm("accounts.support_grant:revoke"),
    }
    return render(request, "support/grant_list.html", shown, status=409 if refusal else 200)
