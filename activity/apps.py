from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ActivityConfig(AppConfig):
    """Reading the log. Every app says in its `histories.py` how what it keeps is called there."""

    name = "activity"

    def ready(self) -> None:
        autodiscover_modules("histories")
