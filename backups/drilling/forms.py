from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backups.console.naming import name_of_copy
from backups.drilling.asking import latest_copy, random_copy
from backups.models import Backup
from backups.owners import full_name
from interface.forms import ChoiceRows, SearchSelect
from tenants.models import Tenant

CATALOG = "catalog"
MOST = 100


class SubjectForm(forms.Form):
    """Whose copy, asked for in the address."""

    tenant = forms.ChoiceField(
        label=_("Whose copy"),
        widget=SearchSelect,
        error_messages={
            "required": _("Choose whose copy is to be restored."),
            "invalid_choice": _("There is nobody of that name: choose one from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Tenant.objects.with_database().order_by("name").values_list("pk", "name")
        choices = [(CATALOG, full_name(None)), *((str(pk), name) for pk, name in known)]
        self.fields["tenant"].choices = choices  # type: ignore[attr-defined]

    @property
    def subject(self) -> Tenant | None:
        """The tenant, or None for the catalog; once it is valid."""
        chosen = self.cleaned_data["tenant"]
        return None if chosen == CATALOG else Tenant.objects.get(pk=chosen)


class CopyForm(forms.Form):
    """Which of its copies."""

    which = forms.ChoiceField(
        choices=[
            ("latest", _("The newest copy")),
            ("random", _("Any copy that is kept, drawn by lot")),
            ("certain", _("The copy that I choose")),
        ],
        initial="latest",
        label=_("Which copy"),
        widget=ChoiceRows,
    )
    copy = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("a backup", "Copy"),
        help_text=_("Asked for only if you choose it."),
    )

    def __init__(self, data: Any, subject: Tenant | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.subject = subject
        stored = Backup.objects.stored().filter(tenant=subject).order_by("-snapshot_at")[:MOST]
        self.copies: dict[str, Backup] = {str(each.pk): each for each in stored}
        choices = [("", _("None chosen")), *((key, name_of_copy(each)) for key, each in self.copies.items())]
        self.fields["copy"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("which") == "certain" and not cleaned.get("copy"):
            self.add_error("copy", _("Choose a copy."))
        return cleaned

    def chosen(self) -> Backup:
        """Raises DrillRefused where there is none."""
        which = self.cleaned_data["which"]
        if which == "certain":
            return self.copies[self.cleaned_data["copy"]]
        return random_copy(self.subject) if which == "random" else latest_copy(self.subject)
