from django.urls import path

from console import views

app_name = "console"
urlpatterns = [
    path("", views.tenant_list, name="tenant-list"),
    path("tenants/new/", views.tenant_create, name="tenant-create"),
    path("tenants/<uuid:pk>/", views.tenant_detail, name="tenant-detail"),
    path("tenants/<uuid:pk>/suspend/", views.tenant_suspend, name="tenant-suspend"),
    path("tenants/<uuid:pk>/resume/", views.tenant_resume, name="tenant-resume"),
    path("tenants/<uuid:pk>/leave/", views.tenant_leave, name="tenant-leave"),
    path("tenants/<uuid:pk>/language/", views.tenant_language, name="tenant-language"),
    path("tenants/<uuid:pk>/close/", views.tenant_close, name="tenant-close"),
    path("operations/<uuid:pk>/", views.operation_detail, name="operation-detail"),
    path("operations/<uuid:pk>/progress/", views.operation_progress, name="operation-progress"),
    path("operations/<uuid:pk>/retry/", views.operation_retry, name="operation-retry"),
]
