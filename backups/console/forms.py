from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backups.console.policies import Terms, seen_of
from backups.exceptions import PolicyRefused
from backups.models import Policy
from interface.forms import DateInput

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LATIN = {"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
LONGEST_HOLD = timedelta(days=3660)


def _reason(help_text: "_StrOrPromise") -> forms.CharField:
    return forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Give a reason.")},
    )


class HoldForm(forms.Form):
    reason = _reason(_("A case number, an order of a court: whoever reads it later must understand it."))
    until = forms.DateField(
        label=_("Look at it on"),
        help_text=_("It stays beyond that day, too: a hold ends when somebody ends it."),
        error_messages={"required": _("Give the day."), "invalid": _("Give a date.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        self.fields["until"].widget = DateInput(first=today + timedelta(days=1), last=today + LONGEST_HOLD)

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        today = timezone.now().date()
        if not today < day <= today + LONGEST_HOLD:
            raise forms.ValidationError(_("Give a day from tomorrow on, within ten years."))
        return day

    @property
    def look_at(self) -> datetime:
        """The beginning of that day, UTC: whatever names the day names this one."""
        return datetime.combine(self.cleaned_data["until"], time(), UTC)


class ReleaseForm(forms.Form):
    reason = _reason(_("Why nobody needs it any more: whoever reads it later must understand it."))


class RemoveForm(forms.Form):
    """`name`: what must be typed, letter by letter."""

    reason = _reason(_("Stands in the platform's log with your name."))
    typed = forms.CharField(
        max_length=60,
        label=_("Name of the copy"),
        strip=False,
        widget=forms.TextInput(attrs=LATIN),
        error_messages={"required": _("Type the name of the copy to remove it.")},
    )

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.copy_name = name

    def clean_typed(self) -> str:
        if self.cleaned_data["typed"] != self.copy_name:
            told = {"name": self.copy_name}
            raise forms.ValidationError(_("Type %(name)s to remove it: nothing was done."), params=told)
        return self.copy_name


class PolicyForm(forms.ModelForm[Policy]):
    """The terms of one tier, and what they were typed over. Copies that nobody schedules have no window."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)

    class Meta:
        model = Policy
        fields: ClassVar = ["keep_days", "window_opens", "window_minutes"]
        labels: ClassVar = {
            "keep_days": _("Days that a copy is kept"),
            "window_opens": _("Copies may begin at"),
            "window_minutes": _("Minutes within which all have begun"),
        }
        help_texts: ClassVar = {
            "keep_days": _(
                "Counted from the moment that the copy shows. For longer counts at once, for shorter in a week."
            ),
            "window_opens": _("UTC, each day: 01:00."),
            "window_minutes": _("10 to 1440. Each tenant begins at a moment of its own within them."),
        }
        widgets: ClassVar = {
            "window_opens": forms.TimeInput(attrs={"type": "time", "dir": "ltr"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = Terms.of(self.instance)
        self.fields["seen"].initial = seen_of(self.instance)
        self.initial["keep_days"] = self.held.keep_days
        if not self.instance.is_scheduled:
            del self.fields["window_opens"]
            del self.fields["window_minutes"]

    def clean_keep_days(self) -> int:
        days: int = self.cleaned_data["keep_days"]
        try:
            Policy(tier=self.instance.tier, keep_days=self.held.keep_days).keep(days, timezone.now())
        except PolicyRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return days

    @property
    def terms(self) -> Terms:
        """As typed; the rest as it was."""
        typed = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}
        return replace(self.held, **typed)
