from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.archiving.asking import Wish, furthest
from backups.models import Retrieval
from backups.restoring.forms import NAME, ReasonForm
from interface.forms import ChoiceRows, DateInput
from tenants.models import Tenant


class ArchiveForm(ReasonForm):
    """Whose, why, and until when."""

    slug = forms.CharField(
        max_length=40,
        label=_("Short name of the customer"),
        widget=forms.TextInput(attrs=NAME),
        error_messages={"required": _("Type the short name.")},
    )
    keep_until = forms.DateField(
        label=_("Keep it until"),
        help_text=_("The last day. Nobody can make it end sooner."),
        error_messages={"required": _("Give the day."), "invalid": _("Give a date.")},
    )
    field_order = ("slug", "reason", "keep_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        self.fields["reason"].label = _("Which law demands it")
        self.fields["keep_until"].widget = DateInput(first=today + timedelta(days=1), last=furthest(today))

    def clean_slug(self) -> Tenant:
        slug = self.cleaned_data["slug"].strip()
        found = Tenant.objects.with_database().filter(slug=slug).first()
        if found is None:
            raise forms.ValidationError(_("There is no customer of that name with a database."))
        return found

    def wish(self) -> Wish:
        until: date = self.cleaned_data["keep_until"]
        return Wish(self.cleaned_data["reason"], until)


class RetrievalForm(ReasonForm):
    """What for, and why."""

    purpose = forms.ChoiceField(
        choices=Retrieval.Purpose,
        label=_("Purpose"),
        widget=ChoiceRows,
        error_messages={"required": _("Choose what it is for.")},
    )
    field_order = ("purpose", "reason")
