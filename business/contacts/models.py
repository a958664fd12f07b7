from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.languages import languages
from accounts.models import User
from business.contacts.countries import countries
from business.contacts.querysets import ContactQuerySet
from business.contacts.refusals import ChangedMeanwhile, ContactRefused
from tenants.belonging import OfOneTenant
from tenants.identifiers import new_id

PHONE = RegexValidator(r"^[\d\s+().\-/x#]+$", _("A phone number has digits, spaces and + - ( ) . / only."))


class Contact(OfOneTenant):
    """A person or a company we deal with."""

    class Kind(models.TextChoices):
        PERSON = "person", pgettext_lazy("kind of contact", "Person")
        COMPANY = "company", pgettext_lazy("kind of contact", "Company")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=200)
    company = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        limit_choices_to={"kind": Kind.COMPANY},
        help_text=_("Where this person works."),
    )
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=40, blank=True, validators=[PHONE])
    address = models.TextField(blank=True, help_text=_("Street and number, as on an envelope."))
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, choices=countries, blank=True)
    tax_id = models.CharField("tax ID", max_length=40, blank=True)
    language = models.CharField(
        max_length=10, choices=languages, blank=True, help_text=_("The language to write to them in.")
    )
    notes = models.TextField(blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ContactQuerySet.as_manager()

    # Whether the reader may not see personal data; `business.contacts.masks.unmask` says so of whom they may.
    is_masked = True

    class Meta:
        default_permissions = ()
        indexes = (models.Index(Lower("name"), "id", name="contact_by_name"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="person") | Q(company=None),
                name="contact_company_of_person",
                violation_error_message=_("A company has no company of its own."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("contacts:contact-detail", args=[self.pk])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_company(self) -> bool:
        return self.kind == self.Kind.COMPANY

    def clean(self) -> None:
        super().clean()
        if self.company and not self.company.is_company:
            raise ValidationError({"company": _("That is a person: choose a company.")})
        if not self.is_company and self.people.exists():
            raise ValidationError({"kind": _("People work here: move them to another company first.")})

    def create(self, by: User | None) -> None:
        self.created_by = self.updated_by = by
        self.save(force_insert=True)

    @transaction.atomic
    def update(self, by: User | None, seen: int) -> None:
        """Save what was typed over version `seen`. Raises ChangedMeanwhile where a newer one is saved."""
        saved = type(self).objects.select_for_update().get(pk=self.pk)
        if saved.version != seen:
            raise ChangedMeanwhile(saved)
        if saved.is_archived:
            raise ContactRefused(gettext("This contact is archived: restore it before changing it."))
        self.version = seen
        self._save_next_version(by)

    @transaction.atomic
    def archive(self, by: User | None) -> None:
        """Put away: out of lists and choices, with nothing lost."""
        self._lock()
        if self.is_archived:
            raise ContactRefused(gettext("This contact is archived already."))
        self.archived_at = timezone.now()
        self._save_next_version(by)

    @transaction.atomic
    def restore(self, by: User | None) -> None:
        """Taken out again, as it was."""
        self._lock()
        if not self.is_archived:
            raise ContactRefused(gettext("This contact isn't archived."))
        self.archived_at = None
        self._save_next_version(by)

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())

    def _save_next_version(self, by: User | None) -> None:
        self.version += 1
        self.updated_at, self.updated_by = timezone.now(), by
        self.save(force_update=True)
