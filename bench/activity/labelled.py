from django.apps import AppConfig


class MeasuredConfig(AppConfig):
    """`activity` is an app of the product."""

    name = "bench.activity"
    label = "measured"
