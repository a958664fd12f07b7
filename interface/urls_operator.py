"""What the operator site shows of the interface itself, and of what browsers refused of it."""

from django.urls import path

from interface import views, views_styleguide

app_name = "interface"
urlpatterns = [
    path("policy-reports/", views.violation_list, name="violation-list"),
    path("policy-reports/forget/", views.violation_forget, name="violation-forget"),
    path("styleguide/", views_styleguide.styleguide, name="styleguide"),
    path("styleguide/errors/<slug:name>/", views_styleguide.styleguide_error, name="styleguide-error"),
    path("styleguide/<slug:slug>/", views_styleguide.styleguide_section, name="styleguide-section"),
]
