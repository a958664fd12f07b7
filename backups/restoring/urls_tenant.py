from django.urls import path

from backups.restoring import views_tenant

app_name = "restores"
urlpatterns = [path("request/", views_tenant.request_restore, name="request")]
