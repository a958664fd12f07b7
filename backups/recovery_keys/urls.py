from django.urls import path

from backups.recovery_keys import views

app_name = "recovery-keys"
urlpatterns = [
    path("", views.key_list, name="key-list"),
    path("check/", views.check_all, name="check"),
    path("rewrap/", views.rewrap_all, name="rewrap"),
    path("catalog/rotate/", views.rotate_catalogs, name="rotate-catalogs"),
    path("tenants/<uuid:pk>/rotate/", views.rotate, name="rotate"),
]
