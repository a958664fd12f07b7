from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        """Each app says in its `activity` module what of its tables is logged, and which events it records."""
        autodiscover_modules("activity")
