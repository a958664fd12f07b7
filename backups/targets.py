"""What is promised of copies and drills, as spans: what pages measure against, and say."""

from datetime import timedelta

from django.conf import settings

FRESH = timedelta(hours=settings.AMANA_BACKUP_STALE_HOURS)  # the age of the newest good copy
DRILLED = timedelta(days=settings.AMANA_DRILL_DAYS)  # since the last drill that passed
RTO = timedelta(seconds=settings.AMANA_RTO_SECONDS)  # from "restore it" to a database that is served
