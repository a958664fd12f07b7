"""What is promised of copies and drills: what pages measure against, and say."""

from datetime import timedelta

FRESH = timedelta(hours=26)  # the age of the newest good copy: a day, and the window it may begin in
DRILLED = timedelta(days=30)  # since the last drill that passed
RTO = timedelta(hours=1)  # from "restore it" to a database that is served
