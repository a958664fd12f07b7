"""Sessions of other people, for whoever may look after them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.declaring import requires
from accounts.models import User
from accounts.people.about import SESSIONS, tabs_about
from accounts.requests import PersonRequest
from accounts.visits import ending
from accounts.visits.showing import visits_of


@requires("accounts.session:view")
@never_cache
@require_safe
def sessions(request: PersonRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(User.objects.get_queryset(), pk=pk)
    visits = visits_of(person, request.session.session_key, request.user)
    shown = {"person": person, "visits": visits, "tabs": tabs_about(person, request.user, SESSIONS)}
    shown["may_end"] = request.user.has_perm("accounts.session:revoke")
    return render(request, "accounts/sessions.html", shown)


@requires("accounts.session:revoke", confirmed=True)
@require_POST
def end_session(request: HttpRequest, pk: UUID, handle: UUID) -> HttpResponse:
    person = get_object_or_404(User.objects.get_queryset(), pk=pk)
    if not ending.revoke(person, handle):
        raise Http404
    messages.success(request, _("%(name)s is signed out of that browser.") % {"name": person.name})
    return redirect("people:sessions", pk)


@requires("accounts.session:revoke", confirmed=True)
@require_POST
def end_sessions(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = get_object_or_404(User.objects.get_queryset(), pk=pk)
    ending.revoke_all(person)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person.name})
    return redirect("people:sessions", pk)
