from django.urls import path

from accounts import views, views_language

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("language/", views_language.language, name="language"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("set-password/<uidb64>/<token>/", views.SetPassword.as_view(), name="set-password"),
]
