"""Part of the namespace `accounts`."""

from django.urls import path

from accounts.passwords import views

urlpatterns = [
    path("change-password/", views.change_password, name="change-password"),
    path("forgot-password/", views.forgot_password, name="forgot-password"),
]
