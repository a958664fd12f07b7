from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Every app says in its `background.py` which kinds of jobs it has."""

    name = "jobs"

    def ready(self) -> None:
        autodiscover_modules("background")
