from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InterfaceConfig(AppConfig):
    """Every app says in its `navigation.py` and `palette.py` what leads to it."""

    name = "interface"

    def ready(self) -> None:
        autodiscover_modules("navigation", "palette")
