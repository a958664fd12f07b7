"""Part of accounts.urls, and of its namespace."""

from django.urls import path

from accounts.visits import views, views_lock

urlpatterns = [
    path("security/", views.security, name="security"),
    path("security/sessions/end-others/", views.end_other_sessions, name="end-other-sessions"),
    path("security/sessions/<uuid:handle>/end/", views.end_session, name="end-session"),
    path("confirm/", views.confirm, name="confirm"),
    path("lock/", views_lock.lock, name="lock"),
    path("locked/", views_lock.locked, name="locked"),
    path("here/", views.here, name="here"),
    path("not-me/<str:token>/", views.not_me, name="not-me"),
]
