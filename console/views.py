from collections.abc import Callable
from typing import TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.declaring import requires
from access.exceptions import NotPermitted
from accounts.models import User
from accounts.requests import PersonRequest
from backups.archiving.standing import kept_of
from backups.models import Backup
from console.actions import actions_for
from console.asking import asked_about
from console.background import carry_out_in_background
from console.forms import CloseForm, LanguageForm, NewTenantForm, ReasonForm, TenantFilter
from console.life import stages_of
from console.overview import hosts_of, overview, schema_of, unfinished_operation
from console.progress import progress_of, right_to_ask_for
from console.trail import trail_of
from interface.filtering import FilterBar
from interface.recents import remember
from jobs import following
from jobs.kinds import Person
from tenants.carrying_out import request as request_operation
from tenants.closing import NotConfirmed, request_closing
from tenants.exceptions import TenantUnavailable
from tenants.models import Operation, Tenant

Asked = TypeVar("Asked", Operation, Operation | None)
PAGE = 50


@requires("platform.tenant:view")
@require_safe
def tenant_list(request: HttpRequest) -> HttpResponse:
    asked = TenantFilter(request.GET)
    page = Paginator(asked.found(), PAGE).get_page(request.GET.get("page"))
    q, state, seen = asked.wanted("q"), asked.wanted("state"), overview()
    shown = {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "q": q,
        "state": state,
        "overview": seen,
        "tabs": seen.tabs_to_choose(state, q),
        "bar": FilterBar(request.GET, ()),
    }
    return render(request, "console/tenant_list.html", shown)


@requires("platform.tenant:create")
@require_http_methods(["GET", "HEAD", "POST"])
def tenant_create(request: HttpRequest) -> HttpResponse:
    form = NewTenantForm(request.POST if request.method == "POST" else None)
    operation = _asked(request, lambda: form.request(_operator(request))) if form.is_valid() else None
    if operation:
        return redirect("console:operation-detail", operation.pk)
    status = 422 if form.is_bound else 200
    return render(request, "console/tenant_create.html", {"form": form}, status=status)


@requires("platform.tenant:view")
@require_safe
def tenant_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    answer = _tenant_page(request, pk)
    remember(request.user.pk, "tenant", pk)
    return answer


@requires("platform.tenant:suspend", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def tenant_suspend(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, Tenant.suspend, "console/tenant_suspend.html")


@requires("platform.tenant:archive", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def tenant_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, Tenant.leave, "console/tenant_leave.html")


@requires("platform.tenant:resume", confirmed=True)
@require_POST
def tenant_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    try:
        tenant.resume(_operator(request))
    except TenantUnavailable as refusal:
        return _tenant_page(request, pk, refusal=str(refusal))
    return _done(request, tenant)


@requires("platform.tenant:update")
@require_http_methods(["GET", "HEAD", "POST"])
def tenant_language(request: HttpRequest, pk: UUID) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    asked = request.POST if request.method == "POST" else None
    form = LanguageForm(asked, initial={"language": tenant.language})
    if not form.is_valid():
        return _form_page(request, "console/tenant_language.html", tenant, form)
    try:
        tenant.change_language(_operator(request), form.cleaned_data["language"])
    except TenantUnavailable as refusal:
        return _tenant_page(request, pk, refusal=str(refusal))
    told = {"tenant": tenant, "language": tenant.get_language_display()}
    messages.success(request, _("The language of %(tenant)s is now %(language)s.") % told)
    return redirect("console:tenant-detail", tenant.pk)


@requires("platform.tenant:delete", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def tenant_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            typed = form.cleaned_data["typed"]
            operation = _asked(request, lambda: request_closing(tenant, typed, _operator(request)))
            return redirect("console:operation-detail", operation.pk)
    except NotConfirmed as refusal:
        form.add_error("typed", str(refusal))
    except TenantUnavailable as refusal:
        return _tenant_page(request, pk, refusal=str(refusal))
    held = Backup.objects.held().filter(tenant=tenant).order_by("-hold_until").first()
    archived, archived_until = kept_of(tenant)
    shown = {"held": held, "archived": archived, "archived_until": archived_until}
    return _form_page(request, "console/tenant_close.html", tenant, form, **shown)


@requires("platform.tenant:view")
@never_cache
@require_safe
def operation_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = get_object_or_404(Operation.objects.select_related("tenant"), pk=pk)
    return _operation_page(request, operation)


@requires("platform.tenant:view")
@never_cache
@require_safe
def operation_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = get_object_or_404(Operation.objects.select_related("tenant"), pk=pk)
    progress = progress_of(operation, _person(request))
    return following.changes(request, "console/_operation_changes.html", progress, operation=operation)


@requires("platform.tenant:create", confirmed=True)
@require_POST
def operation_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    operation = get_object_or_404(Operation.objects.select_related("tenant"), pk=pk)
    if not _person(request).has_perm(right_to_ask_for(operation)):
        raise NotPermitted(right_to_ask_for(operation))
    if not progress_of(operation, _person(request)).can_be_retried:
        return _operation_page(
            request, operation, refusal=_("This can't be tried again: look at where it stands.")
        )
    kind = Operation.Kind(operation.kind)
    _asked(request, lambda: request_operation(kind, operation.tenant, _operator(request)))
    return redirect("console:operation-detail", operation.pk)


@transaction.atomic
def _asked(request: HttpRequest, ask: Callable[[], Asked]) -> Asked:
    """What was asked for, with the job that carries it out: both are written down, or neither."""
    operation = ask()
    if operation is not None:
        carry_out_in_background(operation, cast("Person", request.user))
    return operation


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _operator(request: HttpRequest) -> str:
    """Who is asking, as the trail names them."""
    return f"operator:{request.user.get_username()}"


def _with_reason(
    request: HttpRequest, pk: UUID, verb: Callable[[Tenant, str, str], None], template: str
) -> HttpResponse:
    tenant = get_object_or_404(Tenant, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form_page(request, template, tenant, form)
    try:
        verb(tenant, _operator(request), form.cleaned_data["reason"])
    except TenantUnavailable as refusal:
        return _tenant_page(request, pk, refusal=str(refusal))
    return _done(request, tenant)


def _done(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    told = {"tenant": tenant, "state": str(tenant.get_state_display()).lower()}
    messages.success(request, _("%(tenant)s is now %(state)s.") % told)
    return redirect("console:tenant-detail", tenant.pk)


def _form_page(
    request: HttpRequest,
    template: str,
    tenant: Tenant,
    form: ReasonForm | LanguageForm | CloseForm,
    **shown: object,
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"tenant": tenant, "form": form, **shown}, status=status)


def _tenant_page(request: HttpRequest, pk: UUID, refusal: str = "") -> HttpResponse:
    """The tenant as the catalog has it now; with a refusal, what was asked is answered 409."""
    tenant = get_object_or_404(Tenant.objects.select_related("server"), pk=pk)
    shown = {
        "tenant": tenant,
        "refusal": refusal,
        "actions": actions_for(tenant, _person(request)),
        **asked_about(tenant, _person(request)),
        "unfinished": unfinished_operation(tenant),
        "hosts": hosts_of(tenant),
        "schema": schema_of(tenant),
        "trail": trail_of(tenant),
        "stages": stages_of(tenant),
        "operations": tenant.operations.all(),
    }
    return render(request, "console/tenant_detail.html", shown, status=409 if refusal else 200)


def _operation_page(request: HttpRequest, operation: Operation, refusal: str = "") -> HttpResponse:
    tenant = operation.tenant
    above = [(_("Tenants"), reverse("console:tenant-list")), (str(tenant), _address_of(tenant))]
    shell = {"operation": operation, "refusal": refusal, "above": above}
    return following.page(
        request, "console/operation_detail.html", progress_of(operation, _person(request)), **shell
    )


def _address_of(tenant: Tenant) -> str:
    return reverse("console:tenant-detail", args=[tenant.pk])
