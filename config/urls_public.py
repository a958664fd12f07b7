"""The public site: what Amana is. Bound to nobody, so nothing here reads a database or a session."""

from django.urls import path

from config.views_public import home

urlpatterns = [path("", home, name="home")]
