"""A tenant's own log."""

from activity.routes import routes

app_name = "activity"
urlpatterns = routes("tenant")
