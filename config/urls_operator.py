"""The operator site: tenants as a whole, never what is in them."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("console.urls")),
]
handler500 = "tenants.errors.server_error"
