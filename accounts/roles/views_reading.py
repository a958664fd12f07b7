from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.declaring import requires
from accounts.models import Role, User
from accounts.people.about import RIGHTS, tabs_about
from accounts.requests import PersonRequest
from accounts.role_content import codes_of
from accounts.roles.explaining import Node, explain
from accounts.roles.facts import Asked, case_of, permission_asked, record_asked, records_like
from accounts.roles.forms import QuestionForm
from accounts.roles.holding import asks_for_a_second_factor, assignments_of
from accounts.roles.levels import narrowed, rows
from accounts.roles.news import news_of, surface
from accounts.roles.pages import EVERYTHING, conflicts_of_role, shown_roles
from accounts.roles.sources import effective_rights
from interface.filtering import FilterBar
from interface.navigation import Entry, entries_of
from interface.palette import Record


@requires("accounts.role:view")
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    bar = FilterBar(request.GET, ())
    return render(request, "roles/role_list.html", {"bar": bar, "roles": shown_roles(bar.q)})


@requires("accounts.role:view")
@require_safe
def role_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    role = get_object_or_404(Role.objects.select_related("group", "cloned_from__group", "created_by"), pk=pk)
    codes = codes_of(role)
    shown = {
        "role": role,
        "number": len(codes),
        "areas": narrowed(rows(surface(), codes), granted=True),
        "asks": asks_for_a_second_factor(codes),
        "conflicts": conflicts_of_role(role, codes),
        "is_everything": role.code in EVERYTHING,
        "news": news_of(role),
        "assignments": assignments_of(role) if request.user.has_perm("accounts.user:view") else None,
    }
    return render(request, "roles/role_detail.html", shown)


@requires("accounts.role:view")
@require_safe
def rights(request: PersonRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(_people(request), pk=pk)
    shown = {
        "person": person,
        "tabs": tabs_about(person, request.user, RIGHTS),
        "effective": effective_rights(person),
        "entries": _entries(person),
    }
    return render(request, "roles/rights.html", shown)


def _entries(person: User) -> list[Entry]:
    """Which pages the navigation offers them: "view as", without being them."""
    return entries_of(person, surface()) if person.is_active else []


@requires("accounts.role:view")
@require_safe
def explained(request: PersonRequest) -> HttpResponse:
    asks = bool(request.GET.get("person") or request.GET.get("permission"))
    form = QuestionForm(request.GET if asks else None, _people(request))
    answer = _answer(form, request.user) if form.is_valid() else Answer()
    status = 422 if form.errors else 200
    return render(request, "roles/explain.html", {"form": form, "answer": answer}, status=status)


@dataclass(frozen=True)
class Answer:
    """The tree; or else which records may have been meant."""

    tree: Node | None = None
    records: list[Record] = field(default_factory=list)


def _answer(form: QuestionForm, asker: User) -> Answer:
    """With a record's name and not its id, a choice of those that the asker may see."""
    person, typed = form.cleaned_data["person"], form.cleaned_data["record"]
    permission = permission_asked(form.cleaned_data["permission"])
    if permission is None:
        form.add_error("permission", _("There is no such permission."))
        return Answer()
    record = record_asked(typed, permission.resource, asker) if typed else None
    if typed and record is None:
        found = records_like(typed, permission.resource, asker)
        if not found:
            form.add_error("record", _("There is no such record that you may see."))
        return Answer(records=found)
    return Answer(explain(case_of(Asked(person, permission, record))))


def _people(request: PersonRequest) -> QuerySet[User]:
    """Those whom the asker may see."""
    return request.user.rights.reach("accounts.user:view", User.objects.get_queryset())
