"""Settings of a worker that is given up on within seconds, and that knows the kinds of these tests."""

from config import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.jobs.installed.JobsOfTestsConfig"]
AMANA_JOB_LEASE_SECONDS = 2.0
AMANA_JOB_REPORT_SECONDS = 0.1
AMANA_JOB_PATIENCE_SECONDS = 1.0
