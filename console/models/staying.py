"""What becomes of a row here when the operator that it names is deleted: PostgreSQL refuses the deletion."""

from django.db import models

# Django's own PROTECT would ask this table about each person who is deleted, at tenants too, where it isn't.
STAYS = models.DO_NOTHING
