"""A tenant's site, by its own host name."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="contacts:contact-list"), name="home"),
    path("", include("accounts.urls")),
    path("contacts/", include("business.contacts.urls")),
]
