from django.urls import include, path

app_name = "people"
urlpatterns = [
    path("", include("accounts.visits.urls_people")),
]
