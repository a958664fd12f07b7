from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access.declaring import requires
from accounts.exceptions import RoleRefused
from accounts.models import Role
from accounts.requests import PersonRequest
from accounts.role_content import codes_of
from accounts.roles.changing import clone_role, create_role, delete_role, mark_as_seen
from accounts.roles.forms import RoleForm
from accounts.roles.guards import refuse_built_in, refuse_deleting


@requires("accounts.role:create", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def role_create(request: PersonRequest) -> HttpResponse:
    form = RoleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            role = create_role(form.cleaned_data["name"], form.cleaned_data["purpose"], by=request.user)
            messages.success(request, _("The role is made. Choose now what it holds."))
            return redirect("roles:role-detail", role.pk)
        except RoleRefused as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, form)


@requires("accounts.role:clone", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def role_clone(request: PersonRequest, pk: UUID) -> HttpResponse:
    role = get_object_or_404(Role.objects.select_related("group"), pk=pk)
    name = _("Copy of %(role)s") % {"role": role.label}
    form = RoleForm(
        request.POST if request.method == "POST" else None, initial={"name": name, "purpose": role.purpose}
    )
    if form.is_valid():
        try:
            typed = form.cleaned_data
            copy = clone_role(role, typed["name"], by=request.user, purpose=typed["purpose"])
            _tell_what_is_missing(request, role, copy)
            return redirect("roles:role-detail", copy.pk)
        except RoleRefused as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, form, role)


def _tell_what_is_missing(request: HttpRequest, role: Role, copy: Role) -> None:
    missing = len(codes_of(role) - codes_of(copy))
    messages.success(request, _("The copy is made."))
    if missing:
        words = ngettext(
            "%(number)d permission that you don't have yourself was left out.",
            "%(number)d permissions that you don't have yourself were left out.",
            missing,
        )
        messages.warning(request, words % {"number": missing})


@requires("accounts.role:update")
@require_POST
def role_seen(request: PersonRequest, pk: UUID) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    try:
        mark_as_seen(role, by=request.user)
    except RoleRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("roles:role-detail", role.pk)


@requires("accounts.role:delete", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def role_delete(request: PersonRequest, pk: UUID) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    try:
        if request.method == "POST":
            delete_role(role)
            messages.success(request, _("The role %(role)s is deleted.") % {"role": role.name})
            return redirect("roles:role-list")
        refuse_built_in(role)
        refuse_deleting(role)
    except RoleRefused as refusal:
        shown = {"role": role, "refusal": str(refusal)}
        return render(request, "roles/role_delete.html", shown, status=409)
    return render(request, "roles/role_delete.html", {"role": role, "refusal": ""})


def _form_page(request: HttpRequest, form: RoleForm, copied: Role | None = None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "roles/role_form.html", {"form": form, "copied": copied}, status=status)
