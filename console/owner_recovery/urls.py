from django.urls import path

from console.owner_recovery import views

app_name = "recoveries"
urlpatterns = [
    path("recoveries/", views.recovery_list, name="recovery-list"),
    path("tenants/<uuid:pk>/recovery/", views.recovery_create, name="recovery-create"),
    path("recoveries/<uuid:pk>/", views.recovery_detail, name="recovery-detail"),
    path("recoveries/<uuid:pk>/approve/", views.recovery_approve, name="recovery-approve"),
    path("recoveries/<uuid:pk>/cancel/", views.recovery_cancel, name="recovery-cancel"),
]
