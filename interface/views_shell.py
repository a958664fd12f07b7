from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.declaring import signed_in
from interface.context import RAIL_COOKIE
from interface.returning import safe_address
from interface.search import asked_in, results_for

AT_A_GLANCE = 5
IN_FULL = 25
A_YEAR = timedelta(days=365)


@signed_in
@never_cache
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request)
    return render(
        request, "shell/search_page.html", {"q": asked, "groups": results_for(request, asked, IN_FULL)}
    )


@signed_in
@never_cache
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What the palette's list holds, for htmx."""
    asked = asked_in(request)
    groups = results_for(request, asked, AT_A_GLANCE)
    found = {"q": asked, "groups": groups, "count": sum(map(len, groups))}
    return render(request, "shell/palette_results.html", found)


@signed_in
@require_POST
def navigation(request: HttpRequest) -> HttpResponse:
    """Show the navigation as icons only, or with names; this browser remembers it."""
    show = "rail" if request.POST.get("show") == "rail" else "all"
    answer = redirect(safe_address(request.POST.get("next", "")))
    answer.set_cookie(RAIL_COOKIE, show, A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return answer
