"""/health/backups/ on the public site, for a probe that stands elsewhere."""

from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from access.declaring import open_to_strangers
from backups.alarming.health import health


@open_to_strangers
@require_safe
def backups_health(request: HttpRequest) -> HttpResponse:
    """200 where everybody is protected, else 503; for whoever bears AMANA_HEALTH_TOKEN. Without one it isn't there."""
    if not settings.AMANA_HEALTH_TOKEN:
        raise Http404
    if not compare_digest(request.headers.get("Authorization", "").encode(), _expected()):
        refusal = JsonResponse({"error": "The bearer token is missing or wrong."}, status=401)
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    found = health()
    response = JsonResponse(found, status=200 if found["healthy"] else 503)
    response["Cache-Control"] = "no-store"
    return response


def _expected() -> bytes:
    return f"Bearer {settings.AMANA_HEALTH_TOKEN}".encode()
