"""What a real server serves in these tests: the product, with the views of `tests.isolation.urls`."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from access.declaring import open_to_strangers
from config.wsgi import application as application
from tenants.binding import is_bound
from tenants.pool import pool
from tests.isolation import urls

__all__ = ["application"]


@open_to_strangers
def state(_request: HttpRequest) -> HttpResponse:
    """On the public site, which binds nobody: what earlier requests left in this process."""
    leased = sorted(pool._leased.values())
    return HttpResponse(f"{'bound' if is_bound() else 'unbound'} {leased} {len(urls.ended)}")


urlpatterns = [path("state/", state)]
settings.ROOT_URLCONF = "tests.isolation.urls"
settings.PUBLIC_SCHEMA_URLCONF = __name__
