"""What a tenant asks of its people at the door: changed by whoever may, in force from the next request."""

from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.exceptions import ChangedMeanwhile, SettingRefused
from accounts.models import SecurityPolicy, User
from accounts.outranking import rights_now
from accounts.people.filters import HAS_FACTOR
from accounts.people.states import CONDITIONS, State
from audit.recording import record
from interface.differing import Difference, differing
from interface.forms import ChoiceRows, Switch
from tenants.binding import bound_tenant

PRESETS = {
    SecurityPolicy.Preset.MARKETPLACE: _(
        "As marketplaces ask: 12 characters of four kinds at least, no part of the name, none of the last 10, a new one"
        " every 90 days."
    ),
    SecurityPolicy.Preset.NIST: _(
        "As NIST 800-63B-4 advises: 15 characters at least and none that is known to attackers; no kinds of characters,"
        " no changing by the calendar."
    ),
}
LETS_SUPPORT_IN = "second_operator_may_approve"
APPROVING = "accounts.support_grant:approve"
OF_TENANTS = ("totp_for_all", LETS_SUPPORT_IN)


class PolicyForm(forms.ModelForm[SecurityPolicy]):
    """The settings, and the version they were typed over. Operators always give a second factor, and grant nothing."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = SecurityPolicy
        fields = ("preset", "idle_minutes", "absolute_hours", "lock_minutes", *OF_TENANTS)
        labels: ClassVar = {
            "preset": _("Passwords"),
            "idle_minutes": _("Minutes of silence until sign-out"),
            "absolute_hours": _("Hours until sign-out in any case"),
            "lock_minutes": _("Minutes of silence until the screen is locked"),
            "totp_for_all": _("Everybody needs a second factor"),
            "second_operator_may_approve": _("A second operator may approve access for support"),
        }
        help_texts: ClassVar = {
            "idle_minutes": _("5 to 720."),
            "absolute_hours": _("1 to 168."),
            "lock_minutes": _("1 to 720, and sooner than the sign-out."),
            "totp_for_all": _("Otherwise only whoever holds a permission that weighs more."),
            "second_operator_may_approve": _(
                "Otherwise only your owner and security officer can let support in."
            ),
        }
        widgets: ClassVar = {
            "preset": ChoiceRows,
            "totp_for_all": Switch,
            "second_operator_may_approve": Switch,
        }

    def __init__(self, *args: Any, may_let_support_in: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keeps_support = not may_let_support_in
        self.fields["version"].initial = self.instance.version
        self.fields["preset"].choices = [*PRESETS.items()]  # type: ignore[attr-defined]
        if bound_tenant() is None:
            for name in OF_TENANTS:
                del self.fields[name]
        elif self.keeps_support:
            self.fields[LETS_SUPPORT_IN].widget.attrs["disabled"] = True
            self.fields[LETS_SUPPORT_IN].help_text = _("Changed only by whoever may let support in.")

    def clean_second_operator_may_approve(self) -> bool:
        """A browser doesn't send what is shown to be read only; a switch that is off isn't sent either."""
        if self.keeps_support and self.add_prefix(LETS_SUPPORT_IN) not in self.data:
            return bool(self.initial[LETS_SUPPORT_IN])
        return bool(self.cleaned_data[LETS_SUPPORT_IN])

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        idle, lock, hours = (typed.get(name) for name in ("idle_minutes", "lock_minutes", "absolute_hours"))
        if idle and lock and lock > idle:
            self.add_error("lock_minutes", _("It would never be locked: the sign-out comes first."))
        if idle and hours and idle > hours * 60:
            self.add_error("idle_minutes", _("It would never count: the sign-out in any case comes first."))
        return typed

    @property
    def settings(self) -> list[str]:
        return [name for name in self.Meta.fields if name in self.fields]


@transaction.atomic
def change_policy(typed: SecurityPolicy, settings: list[str], seen: int, by: User) -> None:
    """Save `settings` as typed over version `seen`. Raises ChangedMeanwhile where a newer one is saved.

    Raises SettingRefused where `by` would give away what they don't have: the say in who lets support in.
    """
    saved = SecurityPolicy.hold()
    if saved.version != seen:
        raise ChangedMeanwhile(gettext("The security settings were changed while you were editing them."))
    changed = [name for name in settings if getattr(saved, name) != getattr(typed, name)]
    if not changed:
        return
    if LETS_SUPPORT_IN in changed and not rights_now(by).may(APPROVING):
        raise SettingRefused(gettext("Only somebody who may let support in decides who else may."))
    typed.version = seen + 1
    typed.save(update_fields=[*changed, "version"])
    SecurityPolicy.rights_changed()
    told = ", ".join(f"{name}: {getattr(saved, name)} → {getattr(typed, name)}" for name in changed)
    record("accounts.policy_changed", subject=SecurityPolicy._meta.db_table, object_id=1, changes=told)


def differences(form: PolicyForm, saved: SecurityPolicy) -> list[Difference]:
    pairs = [(name, _shown(saved, name), _shown(form.instance, name)) for name in form.settings]
    return [differing(form.fields[name].label or name, old, new) for name, old, new in pairs if old != new]


def _shown(policy: SecurityPolicy, name: str) -> str:
    value = getattr(policy, name)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return policy.get_preset_display() if name == "preset" else str(value)


def without_second_factor() -> int:
    """How many people who can sign in would have to set one up, if everybody needed it."""
    return User.objects.get_queryset().filter(CONDITIONS[State.ACTIVE]).exclude(HAS_FACTOR).count()
