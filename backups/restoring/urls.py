from django.urls import path

from backups.restoring import views

app_name = "restores"
urlpatterns = [
    path("", views.restore_list, name="restore-list"),
    path("new/<uuid:pk>/", views.restore_create, name="restore-create"),
    path("<uuid:pk>/", views.restore_detail, name="restore-detail"),
    path("<uuid:pk>/progress/", views.restore_progress, name="restore-progress"),
    path("<uuid:pk>/approve/", views.restore_approve, name="restore-approve"),
    path("<uuid:pk>/refuse/", views.restore_refuse, name="restore-refuse"),
    path("<uuid:pk>/begin/", views.restore_begin, name="restore-begin"),
    path("<uuid:pk>/swap/", views.restore_swap, name="restore-swap"),
    path("<uuid:pk>/give-up/", views.restore_give_up, name="restore-give-up"),
]
