from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from access.declaring import open_to_strangers, signed_in
from accounts.middleware import speak_as
from accounts.models import User
from accounts.preferences import LanguageForm, PreferencesForm, ThemeForm
from accounts.requests import PersonRequest
from interface.returning import safe_address

A_YEAR = timedelta(days=365)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        form.save()
        speak_as(person, request)
        messages.success(request, _("Your preferences are saved."))
        return redirect("accounts:preferences")
    return render(request, "accounts/preferences.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def theme(request: PersonRequest) -> HttpResponse:
    chosen = ThemeForm(request.POST)
    if not chosen.is_valid():
        raise BadRequest
    request.user.theme = chosen.cleaned_data["theme"]
    request.user.save(update_fields=["theme"])
    return _back(request)


@open_to_strangers
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The person's own language from now on; and this browser's, which a stranger reads."""
    chosen = LanguageForm(request.POST)
    if not chosen.is_valid():
        raise BadRequest
    code = chosen.cleaned_data["language"]
    if isinstance(request.user, User):
        request.user.language = code
        request.user.save(update_fields=["language"])
    answer = _back(request)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        A_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return answer


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(safe_address(request.POST.get("next", "")))
