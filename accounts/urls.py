from django.urls import include, path

from access.declaring import open_to_strangers
from accounts import views, views_preferences
from accounts.limits.limiting import limited

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path(
        "set-password/<uidb64>/<token>/",
        open_to_strangers(limited("set-password", reading=True)(views.SetPassword.as_view())),
        name="set-password",
    ),
    path("", include("accounts.second_factor.urls")),
    path("", include("accounts.passwords.urls")),
    path("preferences/", views_preferences.preferences, name="preferences"),
    path("theme/", views_preferences.theme, name="theme"),
    path("language/", views_preferences.language, name="language"),
    path("", include("accounts.visits.urls")),
]
