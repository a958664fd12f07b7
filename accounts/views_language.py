from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

A_YEAR = timedelta(days=365)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """This browser's language, and where somebody is signed in, the person's own; then back to where it was chosen."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise BadRequest
    if request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language"])
    wanted, secure = request.POST.get("next", ""), request.is_secure()
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure)
    answer = redirect(wanted if is_ours else "/")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, A_YEAR, secure=secure, httponly=True, samesite="Lax"
    )
    return answer
