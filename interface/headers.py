"""What every answer says besides its policy: what a browser must not do with it, and how long it may be kept."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# Off on every page: nothing here uses them. A copied number is written into the clipboard by our own pages.
UNUSED = """
    accelerometer autoplay browsing-topics camera clipboard-read display-capture encrypted-media fullscreen
    gamepad geolocation gyroscope hid identity-credentials-get idle-detection local-fonts magnetometer microphone midi
    otp-credentials payment picture-in-picture publickey-credentials-create publickey-credentials-get
    screen-wake-lock serial storage-access sync-xhr usb window-management xr-spatial-tracking
"""
PERMISSIONS = ", ".join([*(f"{feature}=()" for feature in UNUSED.split()), "clipboard-write=(self)"])


class EveryAnswer:
    """Stands outside of whatever may answer, so that a refusal and a failure say the same as a page.

    The policy itself, X-Frame-Options, nosniff, the referrer and the opener are said by django-csp and Django.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = PERMISSIONS
        if settings.AMANA_REPORTS_GROUP:
            response["Reporting-Endpoints"] = (
                f'{settings.AMANA_REPORTS_GROUP}="{settings.AMANA_REPORTS_PATH}"'
            )
        if not _may_be_kept(request, response):
            response["Cache-Control"] = "no-store"
        return response


def _may_be_kept(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Static files say themselves for how long; of pages only the public site's, where nobody is known."""
    if response.status_code >= 400:
        return False
    is_static = request.path_info.startswith(settings.STATIC_URL)
    is_public = getattr(request, "urlconf", None) == settings.PUBLIC_SCHEMA_URLCONF
    return is_static or is_public
