"""In the catalog: what was anchored of each log's seals, how far sealing has come, and when it was in trouble."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from audit.batches import COLUMNS, Header, Sealed
from tenants.identifiers import new_id


class Anchor(models.Model):
    """One sealed batch of one database, kept where that database's superuser may not reach. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    database = models.CharField(max_length=63)
    batch = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    era = models.IntegerField()
    month = models.DateField()
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    after_id = models.BigIntegerField()
    through_id = models.BigIntegerField()
    events = models.IntegerField()
    root = models.BinaryField()
    marks_digest = models.BinaryField()
    previous = models.BinaryField()
    sealed_at = models.DateTimeField()
    digest = models.BinaryField()
    marks = models.BinaryField()
    anchored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["database", "batch"], name="one_anchor_per_batch")
        ]

    def __str__(self) -> str:
        return f"{self.database} {self.batch}"

    @classmethod
    def of(cls, sealed: Sealed) -> "Anchor":
        said = {name: getattr(sealed.header, name) for name in ("database", *COLUMNS)}
        return cls(**said, digest=sealed.digest, marks=sealed.marks)

    @property
    def sealed(self) -> Sealed:
        said: dict[str, Any] = {name: _plain(getattr(self, name)) for name in ("database", *COLUMNS)}
        return Sealed(Header(**said), bytes(self.digest), bytes(self.marks))


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


class SealState(models.Model):
    """How far the sealing of one database has come. Written once a round; where it stays old, the sealer is dead."""

    database = models.CharField(primary_key=True, max_length=63)
    looked_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    writes = models.BigIntegerField(null=True)
    oldest_unsealed_at = models.DateTimeField(null=True)
    strays = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.database


class Alarm(models.Model):
    """Something that a person must look at: opened once, and closed by who looks whether it is over.

    `Kind` are those about sealing; who raises others has kinds of their own (backups/alarming/kinds.py). `says` is
    English; `facts`, where there are any, is what it can be said from in another language (backups/sentences.py).
    `told_at`: by letter, the last time. `posted_at`: to the webhook, the last time; `taken_at`: when the news that it
    has taken was posted.
    """

    class Kind(models.TextChoices):
        SILENT = "silent"
        ERROR = "error"
        LATE = "late"
        STRAYS = "strays"
        REFILLED = "refilled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10)
    database = models.CharField(max_length=63, blank=True)
    says = models.TextField()
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "database"],
                condition=models.Q(closed_at=None),
                name="one_open_alarm_each",
            )
        ]

    def __str__(self) -> str:
        return self.says
