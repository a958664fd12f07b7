"""A tenant's site, by its own host name."""

from django.urls import include, path
from django.views.generic import RedirectView

from access.declaring import signed_in
from tenants.files import serve

urlpatterns = [
    path("", signed_in(RedirectView.as_view(pattern_name="contacts:contact-list")), name="home"),
    path("", include("accounts.urls")),
    path("people/", include("accounts.people.urls")),
    path("", include("interface.urls_shell")),
    path("support/", include("accounts.support.urls")),
    path("jobs/", include("jobs.urls")),
    path("activity/", include("activity.urls")),
    path("files/<str:token>/", signed_in(serve), name="file"),
    path("restores/", include("backups.restoring.urls_tenant")),
    path("roles/", include("accounts.roles.urls")),
    path("reviews/", include("accounts.reviews.urls")),
    path("exports/", include("backups.exporting.urls")),
    path("contacts/", include("business.contacts.urls")),
    path("backups/", include("backups.own.urls")),
]
handler400 = "config.views_errors.bad_request"
handler403 = "config.views_errors.permission_denied"
handler404 = "config.views_errors.page_not_found"
handler500 = "config.views_errors.server_error"
