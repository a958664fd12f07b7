from datetime import datetime, timedelta
from hmac import compare_digest
from typing import ClassVar

from django.db import models, transaction
from django.utils import timezone
from django_otp.models import Device

from accounts.models.people import User
from accounts.second_factor.time_steps import code_at, digits_of, step_now
from accounts.second_factor.verdicts import Said, Verdict
from keys.fields import EncryptedField
from keys.holding import HoldsSecrets
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id

WRONG_CODES = 5  # that somebody who has the password may type before they have to wait
WITHIN = timedelta(minutes=15)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


class TotpDevice(HoldsSecrets, Device):
    """An app that shows a new code every 30 seconds (RFC 6238). Its key is encrypted: a copy of the database has none.

    One time step is accepted, now + `drift`; `last_step` is the newest that was, so no code is accepted twice.
    `failures` counts wrong codes since the last right one; the last of them was given at `failed_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = EncryptedField()
    drift = models.SmallIntegerField(default=0, editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager["TotpDevice"]] = models.Manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(confirmed=True), name="one_confirmed_totp_device"
            ),
        ]

    def verify_token(self, token: str) -> bool:
        """What django-otp asks of a device."""
        return self.judge(token).is_right

    def judge(self, code: str, *, past_the_wait: bool = False) -> Verdict:
        """Whether `code` is the one of this very moment. Those who ask at once are answered one after another.

        In a transaction of its own, so that nothing that is rolled back later forgets a wrong code.
        `past_the_wait`: for who has tries of their own, counted elsewhere.
        """
        with transaction.atomic(durable=True):
            device = type(self).objects.select_for_update().filter(pk=self.pk).first()
            if device is None:
                return Verdict(Said.NO_DEVICE)
            return device._answer(digits_of(code), past_the_wait=past_the_wait)

    def _answer(self, code: str, *, past_the_wait: bool) -> Verdict:
        wait = (self.closed_until - timezone.now()).total_seconds() if self.closed_until else 0
        if wait > 0 and not past_the_wait:
            return Verdict(Said.WAIT, wait)
        said = self._compared(code)
        if said is Said.RIGHT and not self._use(step_now() + self.drift):
            said = Said.USED
        if said is Said.WRONG:
            self._count_failure()
        return Verdict(said)

    def _compared(self, code: str) -> Said:
        step = step_now() + self.drift
        for known, said in ((step, Said.RIGHT), (step - 1, Said.EXPIRED)):
            if compare_digest(code_at(self.key, known).encode(), code.encode()):
                return said
        return Said.WRONG

    def _use(self, step: int) -> bool:
        """Once: whoever comes second with the same code finds no row."""
        unused = type(self).objects.filter(pk=self.pk, last_step__lt=step)
        now = timezone.now()
        return unused.update(last_step=step, failures=0, failed_at=None, last_used_at=now) == 1

    def _count_failure(self) -> None:
        """Forgotten after a quarter of an hour without one, beside the time that had to be waited for."""
        now, forgotten = timezone.now(), (self.closed_until or self.failed_at)
        is_old = forgotten is not None and forgotten + WITHIN < now
        self.failures, self.failed_at = (1 if is_old else self.failures + 1), now
        self.save(update_fields=["failures", "failed_at"])

    @property
    def closed_until(self) -> datetime | None:
        """After five wrong codes: half a minute, then twice as long for each one more, a quarter of an hour at most."""
        over = self.failures - WRONG_CODES
        if over < 0 or self.failed_at is None:
            return None
        return self.failed_at + min(FIRST_WAIT * (1 << min(over, 10)), LONGEST_WAIT)


class RecoveryCode(OfOneTenant):
    """One of ten codes that stand in for a lost device, once. Only a keyed hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
