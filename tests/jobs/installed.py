from django.apps import AppConfig


class JobsOfTestsConfig(AppConfig):
    """What a worker of these tests has installed besides, so that it knows their kinds."""

    name = "tests.jobs"
    label = "jobs_of_tests"
