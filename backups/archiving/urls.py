from django.urls import path

from backups.archiving import views

app_name = "archive"
urlpatterns = [
    path("", views.archive_list, name="archive-list"),
    path("new/", views.archive_create, name="archive-create"),
    path("<uuid:pk>/", views.archive_detail, name="archive-detail"),
    path("<uuid:pk>/take-out/", views.retrieval_create, name="retrieval-create"),
    path("retrievals/<uuid:pk>/approve/", views.retrieval_approve, name="retrieval-approve"),
    path("retrievals/<uuid:pk>/stop/", views.retrieval_stop, name="retrieval-stop"),
    path("retrievals/<uuid:pk>/file/", views.retrieval_fetch, name="retrieval-fetch"),
]
