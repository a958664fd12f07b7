"""What the operator site shows of the interface itself."""

from django.urls import path

from interface import views_styleguide

app_name = "interface"
urlpatterns = [
    path("styleguide/", views_styleguide.styleguide, name="styleguide"),
    path("styleguide/<slug:slug>/", views_styleguide.styleguide_section, name="styleguide-section"),
]
