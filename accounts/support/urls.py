from django.urls import path

from accounts.support import views

app_name = "support"
urlpatterns = [
    path("", views.grant_list, name="grant-list"),
    path("<uuid:pk>/approve/", views.approve, name="grant-approve"),
    path("<uuid:pk>/refuse/", views.refuse, name="grant-refuse"),
    path("<uuid:pk>/end/", views.end, name="grant-end"),
    path("recoveries/<uuid:pk>/cancel/", views.recovery_cancel, name="recovery-cancel"),
    path("enter/<str:ticket>/", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
]
