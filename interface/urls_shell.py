"""What the shell around every page asks for: search, the palette, how the navigation stands."""

from django.urls import path

from interface import views_shell

app_name = "shell"
urlpatterns = [
    path("search/", views_shell.search, name="search"),
    path("palette/", views_shell.palette, name="palette"),
    path("navigation/", views_shell.navigation, name="navigation"),
]
