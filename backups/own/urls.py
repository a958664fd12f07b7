from django.urls import path

from backups.own import views

app_name = "own-backups"
urlpatterns = [path("", views.overview, name="overview")]
