"""The product, and the model of the bench in every tenant's database."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, TENANT_LABELS

ACTIVITY_SIDE = "ours"
INSTALLED_APPS = [*INSTALLED_APPS, "bench.activity.labelled.MeasuredConfig"]
TENANT_LABELS = {*TENANT_LABELS, "measured"}
