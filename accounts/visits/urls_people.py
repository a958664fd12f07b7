"""Part of the namespace `people`: under /people/<pk>/."""

from django.urls import path

from accounts.visits import views_people

urlpatterns = [
    path("<uuid:pk>/sessions/", views_people.sessions, name="sessions"),
    path("<uuid:pk>/sessions/end/", views_people.end_sessions, name="end-sessions"),
    path("<uuid:pk>/sessions/<uuid:handle>/end/", views_people.end_session, name="end-session"),
]
