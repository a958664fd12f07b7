from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from access.declaring import requires
from accounts.background import EXPORT_PEOPLE
from accounts.models import User
from accounts.people.filters import FIELDS, PeopleFilter
from accounts.people.listing import rows_of, tabs, with_all_that_is_told
from accounts.people.showing import PersonPage
from accounts.requests import PersonRequest
from interface.filtering import FilterBar
from interface.recents import remember
from jobs.starting import start
from tenants.binding import bound_tenant

PAGE = 50


@requires("accounts.user:view")
@require_safe
def person_list(request: PersonRequest) -> HttpResponse:
    asked = PeopleFilter.of(request.GET)
    page = Paginator(with_all_that_is_told(asked.found()), PAGE).get_page(request.GET.get("page"))
    shown = {
        "filter": asked,
        "bar": FilterBar(request.GET, FIELDS),
        "tabs": tabs(asked),
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "rows": rows_of(page),
        "may": {verb: request.user.has_perm(f"accounts.user:{verb}") for verb in ("invite", "export")},
    }
    return render(request, "people/person_list.html", shown)


@requires("accounts.user:view")
@require_safe
def person_detail(request: PersonRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    remember(request.user.pk, "person" if bound_tenant() else "operator", person.pk)
    return render(request, "people/person_detail.html", {"page": PersonPage(person, request.user)})


@requires("accounts.user:export", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    asked = PeopleFilter.of(request.GET)
    if request.method != "POST":
        return render(request, "people/export.html", {"filter": asked, "count": asked.found().count()})
    return redirect(start(EXPORT_PEOPLE.name, cast(User, request.user), query=asked.query))
