"""The platform's log, on the operator site."""

from activity.routes import routes

app_name = "activity"
urlpatterns = routes("operator")
