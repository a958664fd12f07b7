from django.urls import path

from backups.drilling import views

app_name = "drills"
urlpatterns = [
    path("", views.drill_list, name="drill-list"),
    path("new/", views.drill_create, name="drill-create"),
    path("<uuid:pk>/", views.drill_detail, name="drill-detail"),
    path("<uuid:pk>/progress/", views.drill_progress, name="drill-progress"),
    path("<uuid:pk>/stop/", views.drill_stop, name="drill-stop"),
    path("<uuid:pk>/sign-off/", views.drill_sign_off, name="drill-sign-off"),
    path("<uuid:pk>/report/", views.drill_export, name="drill-export"),
]
