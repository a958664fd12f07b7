"""The operators' pages of restores."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from accounts.requests import PersonRequest
from backups.console.naming import above_form_of
from backups.exceptions import RestoreRefused
from backups.models import Backup, Restore
from backups.persons import named_operator
from backups.restoring import asking
from backups.restoring.background import carry_in_background
from backups.restoring.beside import drop_soon
from backups.restoring.forms import ReasonForm, RestoreForm, SwapForm
from backups.restoring.progress import progress_of
from backups.restoring.showing import MAY, above, shown_to
from jobs import following
from tenants.models import Tenant

PAGE = 50


@requires("platform.backup:view")
@require_safe
def restore_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(Restore.objects.select_related("tenant", "backup"), PAGE).get_page(
        request.GET.get("page")
    )
    numbers = page.paginator.get_elided_page_range(page.number)
    return render(request, "restores/restore_list.html", {"page": page, "numbers": numbers})


@requires("platform.backup:restore", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def restore_create(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Of one copy."""
    backup = get_object_or_404(Backup.objects.stored().select_related("tenant").exclude(tenant=None), pk=pk)
    tenant = cast(Tenant, backup.tenant)
    form = RestoreForm(tenant, request.POST if request.method == "POST" else None, initial={"in_place": ""})
    if form.is_valid():
        try:
            restore = asking.ask(tenant, backup, _actor(request), form.wish())
            return redirect("restores:restore-detail", restore.pk)
        except RestoreRefused as refusal:
            form.add_error(None, str(refusal))
    shown = {
        "backup": backup,
        "tenant": tenant,
        "form": form,
        "above": above_form_of(backup),
    }
    return render(request, "restores/restore_create.html", shown, status=422 if form.is_bound else 200)


@requires("platform.backup:view")
@never_cache
@require_safe
def restore_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _page(request, pk)


@requires("platform.backup:view")
@never_cache
@require_safe
def restore_progress(request: PersonRequest, pk: UUID) -> HttpResponse:
    restore = _restore(pk)
    progress = progress_of(restore, may_retry=request.user.has_perm(MAY))
    if progress is None:
        return redirect("restores:restore-detail", pk)
    return following.changes(request, "restores/_changes.html", progress, restore=restore)


@requires("platform.backup:approve", confirmed=True)
@require_POST
def restore_approve(request: PersonRequest, pk: UUID) -> HttpResponse:
    return _changed(request, pk, lambda restore: asking.approve(restore, _actor(request)))


@requires("platform.backup:approve", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def restore_refuse(request: PersonRequest, pk: UUID) -> HttpResponse:
    def refuse(restore: Restore, why: str) -> None:
        asking.refuse(restore, _actor(request), why)

    return _once_told_why(request, pk, "restores/restore_refuse.html", refuse)


@requires("platform.backup:restore", confirmed=True)
@require_POST
def restore_begin(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Or go on where it stopped. What the tenant's owner asked for needs no other yes than of who carries it out."""

    def begin(restore: Restore) -> None:
        if restore.asked_by_tenant and restore.state == Restore.State.REQUESTED:
            asking.approve(restore, _actor(request))
        operation = asking.begin(restore, _actor(request))
        carry_in_background(operation, pk, request.user)

    return _changed(request, pk, begin)


@requires("platform.backup:restore", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def restore_swap(request: PersonRequest, pk: UUID) -> HttpResponse:
    restore = _restore(pk)
    form = SwapForm(restore, request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                operation = asking.ask_swap(
                    restore, _actor(request), said["typed"].strip(), leave_log=said.get("leave_log", False)
                )
                carry_in_background(operation, pk, request.user)
            return redirect("restores:restore-detail", pk)
        except RestoreRefused as refusal:
            form.add_error("typed", str(refusal))
    status = 422 if form.is_bound else 200
    shown = {"restore": restore, "tenant": restore.tenant, "form": form, "above": above(restore)}
    return render(request, "restores/restore_swap.html", shown, status=status)


@requires("platform.backup:restore", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def restore_give_up(request: PersonRequest, pk: UUID) -> HttpResponse:
    def give_up(restore: Restore, why: str) -> None:
        asking.give_up(restore, _actor(request), why)
        drop_soon()

    return _once_told_why(request, pk, "restores/restore_give_up.html", give_up)


def _once_told_why(
    request: PersonRequest, pk: UUID, template: str, change: Callable[[Restore, str], None]
) -> HttpResponse:
    """The question for a reason, and with one the change."""
    restore = _restore(pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _changed(request, pk, lambda found: change(found, form.cleaned_data["reason"]))
    shown = {"restore": restore, "form": form, "above": above(restore)}
    return render(request, template, shown, status=422 if form.is_bound else 200)


def _restore(pk: UUID) -> Restore:
    found = Restore.objects.select_related("tenant", "backup", "operation__tenant", "swap__tenant")
    return get_object_or_404(found, pk=pk)


def _actor(request: PersonRequest) -> str:
    """Who asks, as the trail names them."""
    return named_operator(request.user)


def _changed(request: PersonRequest, pk: UUID, change: Callable[[Restore], None]) -> HttpResponse:
    """All of it, or nothing and a sentence."""
    restore = _restore(pk)
    try:
        with transaction.atomic():
            change(restore)
    except RestoreRefused as refusal:
        return _page(request, pk, refusal=str(refusal))
    return redirect("restores:restore-detail", pk)


def _page(request: PersonRequest, pk: UUID, refusal: str = "") -> HttpResponse:
    restore = _restore(pk)
    shown = {**shown_to(request.user, _actor(request), restore), "refusal": refusal, "above": above()}
    progress = progress_of(restore, may_retry=request.user.has_perm(MAY))
    if progress is None:
        status = 409 if refusal else 200
        return render(request, "restores/restore_detail.html", {**shown, "progress": None}, status=status)
    return following.page(request, "restores/restore_detail.html", progress, **shown)
