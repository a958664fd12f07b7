"""Part of the namespace `accounts`."""

from django.urls import path

from accounts.second_factor import views, views_codes, views_setting_up

urlpatterns = [
    path("second-factor/", views.second_factor, name="second-factor"),
    path("second-factor/recovery/", views.recovery_code, name="recovery-code"),
    path("second-factor/recovery/used/", views_codes.used, name="recovery-code-used"),
    path("second-factor/set-up/", views_setting_up.set_up, name="set-up-second-factor"),
    path("second-factor/replace/", views_setting_up.replace, name="replace-second-factor"),
    path("second-factor/remove/", views_setting_up.remove, name="remove-second-factor"),
    path("recovery-codes/", views_codes.recovery_codes, name="recovery-codes"),
    path("recovery-codes/saved/", views_codes.saved, name="recovery-codes-saved"),
    path("recovery-codes/text/", views_codes.as_text, name="recovery-codes-text"),
]
