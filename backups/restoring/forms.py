from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backups.console.naming import name_of_copy
from backups.models import Backup, Restore
from backups.restoring.asking import Wish
from interface.forms import ChoiceRows
from tenants.models import Tenant

NAME = {"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}


class ReasonForm(forms.Form):
    """Why, in a sentence."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("It stands in the log for good."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Say why in a sentence: it stands in the log for good.")},
    )


class WishForm(ReasonForm):
    """What for, why, and where to."""

    purpose = forms.ChoiceField(
        choices=Restore.Purpose,
        label=_("Purpose"),
        widget=ChoiceRows,
        error_messages={"required": _("Choose what the restore is for.")},
    )
    field_order: Sequence[str] = ("purpose", "reason")

    def wish(self) -> Wish:
        return Wish(self.cleaned_data["purpose"], self.cleaned_data["reason"])


class RestoreForm(WishForm):
    """An operator's; of a closed customer only what the law demands is restored, and that beside (GS-062)."""

    in_place = forms.ChoiceField(
        choices=[
            ("", _("Side by side: compare first, then decide")),
            ("yes", _("In place: after a safety copy, the present data is replaced at once")),
        ],
        required=False,
        label=_("How"),
        widget=ChoiceRows,
    )
    typed = forms.CharField(
        required=False,
        max_length=40,
        label=_("Short name of the customer"),
        help_text=_("To be typed where it is restored in place."),
        widget=forms.TextInput(attrs=NAME),
    )
    field_order: Sequence[str] = ("purpose", "reason", "in_place", "typed")

    def __init__(self, tenant: Tenant, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.slug = tenant.slug
        if tenant.is_ending:
            legal = Restore.Purpose.LEGAL
            self.fields["purpose"].choices = [(legal.value, legal.label)]  # type: ignore[attr-defined]
            self.fields["purpose"].initial = legal.value
            del self.fields["in_place"], self.fields["typed"]

    def clean(self) -> dict[str, str]:
        said: dict[str, str] = self.cleaned_data
        if said.get("in_place") == "yes" and said.get("typed", "").strip() != self.slug:
            told = {"slug": self.slug}
            self.add_error("typed", _("Type %(slug)s to restore in place: nothing was done.") % told)
        return said

    def wish(self) -> Wish:
        said = self.cleaned_data
        return Wish(
            said["purpose"],
            said["reason"],
            in_place=said.get("in_place") == "yes",
            typed=said.get("typed", "").strip(),
        )


class SwapForm(forms.Form):
    """The name, letter by letter."""

    typed = forms.CharField(
        max_length=40,
        label=_("Short name of the customer"),
        widget=forms.TextInput(attrs=NAME),
        error_messages={"required": _("Type the short name.")},
    )
    leave_log = forms.BooleanField(
        required=False,
        label=_("Where the present log can't be carried over this time either, begin a new chain"),
        help_text=_("It is tried once more first. What was logged since the copy is lost then."),
    )

    def __init__(self, restore: Restore, *args: object, **kwargs: object) -> None:
        """A log is left only where a try has shown that it can't come along."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not restore.log_trouble:
            del self.fields["leave_log"]


class RequestForm(WishForm):
    """The tenant's own: which copy, what for, and why."""

    backup = forms.ChoiceField(
        label=pgettext_lazy("a backup", "Copy"),
        error_messages={"required": _("Choose a copy.")},
        widget=forms.Select,
    )
    field_order: Sequence[str] = ("backup", "purpose", "reason")

    def __init__(self, copies: list[Backup], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.copies = {str(copy.pk): copy for copy in copies}
        self.fields["backup"].choices = [(key, name_of_copy(copy)) for key, copy in self.copies.items()]  # type: ignore[attr-defined]

    def chosen(self) -> Backup:
        return self.copies[self.cleaned_data["backup"]]

    def wish(self) -> Wish:
        return Wish(self.cleaned_data["purpose"], self.cleaned_data["reason"], by_tenant=True)
