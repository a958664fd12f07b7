from django.urls import path

from backups.runbook import views

app_name = "runbook"
urlpatterns = [path("", views.runbook, name="runbook")]
