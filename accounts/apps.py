from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    """Every app says in its `owned.py` what people have there."""

    name = "accounts"

    def ready(self) -> None:
        autodiscover_modules("owned")
