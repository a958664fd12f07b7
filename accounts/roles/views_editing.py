"""A role is changed in three steps: chosen in the editor, looked at as a whole, applied."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.declaring import requires
from accounts.exceptions import RoleChangedMeanwhile, RoleRefused
from accounts.models import Role
from accounts.requests import PersonRequest
from accounts.role_content import codes_of
from accounts.roles.changing import change_role
from accounts.roles.forms import ReasonForm
from accounts.roles.guards import refuse_built_in, refuse_change
from accounts.roles.levels import chosen_in, narrowed, rows
from accounts.roles.news import registered, surface
from accounts.roles.planning import Plan, by_resource, plan

LONGEST = 200


@requires("accounts.role:update")
@require_http_methods(["GET", "HEAD", "POST"])
def role_update(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Sent as a form it comes back as it was chosen, narrowed down to what is looked for: nothing is saved."""
    role = _role(pk)
    try:
        refuse_built_in(role)
    except RoleRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("roles:role-detail", role.pk)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = chosen_in(request.POST, surface()) if request.method == "POST" else _with_added(role, asked)
    text, granted = asked.get("q", "").replace("\0", "").strip()[:LONGEST], asked.get("granted") == "1"
    version = request.POST.get("version", str(role.version))
    return _editor(request, plan(role, chosen), chosen, {"q": text, "granted": granted, "version": version})


def _with_added(role: Role, asked: QueryDict) -> frozenset[str]:
    """What it holds, and what the address adds: how the page of a role leads to what is new."""
    return codes_of(role) | (frozenset(asked.getlist("add")) & registered())


def _editor(
    request: PersonRequest, planned: Plan, chosen: frozenset[str], asked: dict[str, object]
) -> HttpResponse:
    everything = rows(surface(), chosen, request.user.rights.everywhere)
    shown = narrowed(everything, str(asked["q"]), granted=bool(asked["granted"]))
    on_the_page = {
        verb.permission.code for of_area in shown.values() for row in of_area for verb in row.verbs
    }
    page = {"plan": planned, "areas": shown, "carried": sorted(chosen - on_the_page), **asked}
    return render(request, "roles/role_edit.html", page)


@requires("accounts.role:update")
@require_POST
def role_review(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What it would do, as a whole. Nothing is saved."""
    role = _role(pk)
    chosen = chosen_in(request.POST, surface())
    form = ReasonForm(initial={"version": request.POST.get("version", role.version)})
    return _review(request, plan(role, chosen), form, 200)


@requires("accounts.role:update", confirmed=True)
@require_POST
def role_change(request: PersonRequest, pk: UUID) -> HttpResponse:
    role, form = _role(pk), ReasonForm(request.POST)
    chosen = frozenset(request.POST.getlist("code")) & registered()
    planned = plan(role, chosen)
    if not form.is_valid():
        return _review(request, planned, form, 422)
    try:
        typed = form.cleaned_data
        change_role(role, chosen, request.user, reason=typed["reason"], seen_version=typed["version"])
    except RoleChangedMeanwhile:
        return _two_versions(request, planned)
    except RoleRefused as refusal:
        return _review(request, planned, form, 409, refusal=str(refusal))
    messages.success(request, _("The role is changed. It is in force from everybody's next request."))
    return redirect("roles:role-detail", role.pk)


def _review(
    request: PersonRequest, planned: Plan, form: ReasonForm, status: int, refusal: str = ""
) -> HttpResponse:
    """What would be refused is told here already, before anybody gives a reason."""
    try:
        refuse_change(planned.role, planned.codes - planned.before, request.user)
    except RoleRefused as foreseen:
        refusal = refusal or str(foreseen)
    page = {"plan": planned, "form": form, "refusal": refusal, "codes": sorted(planned.codes)}
    return render(request, "roles/role_review.html", page, status=status)


def _two_versions(request: PersonRequest, planned: Plan) -> HttpResponse:
    """The saved one and the one that was sent, as far as they differ. Sent again, it is over the saved one."""
    page = {
        "plan": planned,
        "only_saved": by_resource(planned.before - planned.codes),
        "only_yours": by_resource(planned.codes - planned.before),
        "codes": sorted(planned.codes),
    }
    return render(request, "roles/role_conflict.html", page, status=409)


def _role(pk: UUID) -> Role:
    return get_object_or_404(Role.objects.select_related("group"), pk=pk)
