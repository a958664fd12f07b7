from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import is_password_usable
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.rights import NO_RIGHTS, Rights
from accounts.compiling import rights_of
from accounts.fields import EmailAddressField
from accounts.languages import languages
from accounts.managers import UserManager
from accounts.passwords.text import one_form
from audit.recording import record
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id

A_DAY = timedelta(days=1)
FORMER_KEPT = 10  # as many as any preset looks at


class User(OfOneTenant, AbstractBaseUser):
    """A named person: of the tenant in a tenant's database, of us (an operator) in the catalog."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", pgettext_lazy("theme", "Light")
        DARK = "dark", pgettext_lazy("theme", "Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = EmailAddressField(_("e-mail"))
    name = models.CharField(max_length=150)
    language = models.CharField(
        max_length=10, choices=languages, blank=True, help_text=_("Empty: the tenant's own language.")
    )
    theme = models.CharField(
        _("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM, db_default=Theme.SYSTEM
    )
    density = models.CharField(
        _("density"),
        max_length=15,
        choices=Density.choices,
        default=Density.COMFORTABLE,
        db_default=Density.COMFORTABLE,
        help_text=_("How high the rows of lists are."),
    )
    shortcuts = models.BooleanField(
        _("single-key shortcuts"),
        default=True,
        db_default=True,
        help_text=_("Off for whoever speaks to the computer, or types with a device that slips."),
    )
    is_active = models.BooleanField("active", default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    password_set_at = models.DateTimeField(null=True, editable=False)
    must_set_password = models.BooleanField(default=False, db_default=False, editable=False)
    factor_reset_at = models.DateTimeField(null=True, editable=False)
    link_epoch = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text=_("Links made in an earlier epoch are worthless.")
    )

    _replaced = ""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    is_guest = False  # as accounts.support.guest.Guest has it

    class Meta:
        ordering = ("name", "id")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail address is here already."),
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rights(self) -> Rights:
        """What this person may do, as it was when the request began. None of a person who isn't active."""
        return rights_of(self) if self.is_active else NO_RIGHTS

    def has_perm(self, code: str, record: models.Model | None = None) -> bool:
        """Whether `code` is held: somewhere, or with `record`."""
        return self.rights.may(code) if record is None else self.rights.may_with(code, record)

    @property
    def has_news_of_reset(self) -> bool:
        """For a day after somebody reset their second factor: they are told on every page."""
        return self.factor_reset_at is not None and timezone.now() - self.factor_reset_at < A_DAY

    @property
    def open_sessions(self) -> int:
        """In how many browsers this person is signed in."""
        return self.sessions.not_over().count()

    def set_password(self, raw_password: str | None) -> None:
        """The one that it replaces is kept until `save`, which puts it among the former ones."""
        if self._password is None:  # type: ignore[attr-defined]
            self._replaced = self.password
        super().set_password(raw_password and one_form(raw_password))

    def check_password(self, raw_password: str) -> bool:
        return super().check_password(one_form(raw_password))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new password is recorded, whoever set it and how; it has replaced another one, which isn't forgotten."""
        is_new = self._password is not None  # type: ignore[attr-defined]
        if not is_new:
            super().save(*args, **kwargs)
            return
        self.password_set_at, self.must_set_password = timezone.now(), False
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "password_set_at", "must_set_password"}
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._keep_replaced()
        record("accounts.password_set", subject=self._meta.db_table, object_id=self.pk, name=self.name)

    def _keep_replaced(self) -> None:
        if is_password_usable(self._replaced) and self._replaced:
            self.former_passwords.create(password=self._replaced)
            last = self.former_passwords.values("pk")[:FORMER_KEPT]
            self.former_passwords.exclude(pk__in=last).delete()
