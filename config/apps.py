from django.apps import AppConfig

from config import celery


class ConfigConfig(AppConfig):
    """Imports the Celery app, so that whoever sends a task sends it through ours."""

    name = "config"
    celery_app = celery.app
