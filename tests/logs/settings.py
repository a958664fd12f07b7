"""The product's settings with a few pages and tasks more, which fail in every way there is."""

from config import settings as ours

globals().update({name: getattr(ours, name) for name in dir(ours) if name.isupper()})

ROOT_URLCONF = "tests.logs.urls"
CELERY_IMPORTS = ["tests.logs.tasks"]
