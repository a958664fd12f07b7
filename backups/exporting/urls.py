from django.urls import path

from backups.exporting import views

app_name = "exports"
urlpatterns = [
    path("", views.export_list, name="export-list"),
    path("new/", views.export_create, name="export-create"),
    path("<uuid:pk>/", views.export_detail, name="export-detail"),
    path("<uuid:pk>/progress/", views.export_progress, name="export-progress"),
    path("<uuid:pk>/cancel/", views.export_cancel, name="export-cancel"),
    path("<uuid:pk>/file/", views.export_file, name="export-file"),
]
