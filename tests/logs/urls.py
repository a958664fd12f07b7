"""A tenant's site with pages more that fail, stream and send tasks."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from access.declaring import open_to_strangers
from tests.logs import tasks
from tests.logs.failing import fail, stream


def send(request: HttpRequest) -> HttpResponse:
    return HttpResponse(tasks.fail.delay(request.GET["way"], request.GET["words"]).id)


urlpatterns = [
    path("fail/<way>/", open_to_strangers(fail), name="fail"),
    path("stream/", open_to_strangers(stream), name="stream"),
    path("send/", open_to_strangers(send), name="send"),
    path("", include("config.urls_tenant")),
]
handler400 = "config.views_errors.bad_request"
handler403 = "config.views_errors.permission_denied"
handler404 = "config.views_errors.page_not_found"
handler500 = "tenants.errors.server_error"
