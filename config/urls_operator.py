"""The operator site: tenants as a whole, never what is in them."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("interface.urls_shell")),
    path("people/", include("accounts.people.urls")),
    path("jobs/", include("jobs.urls")),
    path("activity/", include("activity.urls_operator")),
    path("roles/", include("accounts.roles.urls")),
    path("reviews/", include("accounts.reviews.urls")),
    path("", include("interface.urls_operator")),
    path("restores/", include("backups.restoring.urls")),
    path("", include("console.break_glass.urls")),
    path("", include("console.owner_recovery.urls")),
    path("backups/", include("backups.console.urls")),
    path("recovery-keys/", include("backups.recovery_keys.urls")),
    path("archive/", include("backups.archiving.urls")),
    path("drills/", include("backups.drilling.urls")),
    path("runbook/", include("backups.runbook.urls")),
    path("", include("console.urls")),
]
handler400 = "config.views_errors.bad_request"
handler403 = "config.views_errors.permission_denied"
handler404 = "config.views_errors.page_not_found"
handler500 = "config.views_errors.server_error"
