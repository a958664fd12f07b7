from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    """Every app says in its `permissions.py` what can be done with what it keeps."""

    name = "access"

    def ready(self) -> None:
        autodiscover_modules("permissions")
