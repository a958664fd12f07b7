from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.duties import Conflict
from accounts.built_in import built_in
from accounts.granting import Terms
from accounts.languages import languages
from accounts.models import Role, User
from accounts.people.bringing_in import Newcomer
from accounts.people.naming import validate_ones_own_address, validate_ones_own_name
from interface.forms import ChoiceRows, DateInput, EmailField
from tenants.binding import bound_tenant

LATIN = {"dir": "ltr", "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
ANY_SCRIPT = {"dir": "auto", "autocomplete": "off"}
REVIEWED_WITHIN = timedelta(days=90)  # AZ-011
OF_ROLES = ("roles", "scope", "starts_on", "ends_on", "reason", "review_on")
SCOPES = (("tenant", _("All records")), ("own", _("Own records: those that they added themselves")))


class TickRows(forms.CheckboxSelectMultiple):
    """Ticks that need a line of their own each."""

    template_name = "forms/widgets/choice_rows.html"


def _in_words(role: Role) -> str:
    known = built_in(role.code) if role.code else None
    purpose = str(known.purpose) if known else role.purpose
    return f"{role.label}: {purpose}" if purpose else role.label


class RoleChoice(forms.ModelChoiceField[Role]):
    def label_from_instance(self, role: Any) -> str:
        return _in_words(role)


class RoleChoices(forms.ModelMultipleChoiceField[Role]):
    def label_from_instance(self, role: Any) -> str:
        return _in_words(role)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        label=_("Reason"),
        help_text=_("Stays in the activity log with your name."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": _("Give a reason: whoever reads the log later will want to know.")},
    )


class TermsForm(ReasonForm):
    """Where, from when to when, why, and when somebody looks at it again. Days are whole ones."""

    scope = forms.ChoiceField(choices=SCOPES, label=_("Holds for"), initial="tenant", widget=ChoiceRows)
    starts_on = forms.DateField(
        required=False, label=_("From"), widget=DateInput, help_text=_("Empty: from now on.")
    )
    ends_on = forms.DateField(
        required=False,
        label=_("Until"),
        widget=DateInput,
        help_text=_("The last day. Empty: until somebody ends it."),
    )
    review_on = forms.DateField(
        label=_("Review on"),
        widget=DateInput,
        help_text=_("When somebody looks whether it is still needed: in 90 days at the latest."),
        error_messages={"required": _("Say when it is looked at again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: list[Conflict] = []
        self.fields["review_on"].initial = timezone.localdate() + REVIEWED_WITHIN
        if bound_tenant() is None:
            del self.fields["scope"]  # operators have nothing that would be their own

    def accepts(self, conflicts: list[Conflict]) -> bool:
        """Whether whoever gives a role knows what it brings together; if not, the form asks for it."""
        self.conflicts = conflicts
        if not conflicts:
            return True
        self.fields["knowing"] = forms.BooleanField(
            required=False, label=_("I know, and it is needed all the same")
        )
        return self.data.get("knowing") == "on"

    def clean_ends_on(self) -> date | None:
        ends_on: date | None = self.cleaned_data["ends_on"]
        if ends_on and ends_on < max(self._first_day(), timezone.localdate()):
            raise forms.ValidationError(_("It would end before it begins."), code="order")
        return ends_on

    def clean_review_on(self) -> date:
        review_on: date = self.cleaned_data["review_on"]
        if not timezone.localdate() <= review_on <= self._first_day() + REVIEWED_WITHIN:
            raise forms.ValidationError(_("Choose a day within the first 90 days."), code="range")
        return review_on

    def _first_day(self) -> date:
        return self.cleaned_data.get("starts_on") or timezone.localdate()

    def terms(self) -> Terms:
        """Of a valid form."""
        typed = self.cleaned_data
        starts_on, ends_on = typed["starts_on"], typed["ends_on"]
        later = starts_on is not None and starts_on > timezone.localdate()
        return Terms(
            scope=typed.get("scope", "tenant"),
            starts_at=_midnight(starts_on) if later else timezone.now(),
            ends_at=_midnight(ends_on + timedelta(days=1)) if ends_on else None,
            reason=typed["reason"],
            review_on=typed["review_on"],
        )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class GrantForm(TermsForm):
    """One role for somebody who is here. `field` is the one that a refusal stands at."""

    field = "role"
    role = RoleChoice(
        queryset=Role.objects.none(),
        label=_("Role"),
        widget=ChoiceRows,
        empty_label=None,
        error_messages={"required": _("Choose a role.")},
    )
    field_order = ("role", "scope", "starts_on", "ends_on", "reason", "review_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("RoleChoice", self.fields["role"]).queryset = Role.objects.order_by("name")


class InviteForm(TermsForm):
    field = "roles"
    name = forms.CharField(
        max_length=150,
        label=_("Name"),
        help_text=_("Of one person, in any script. The activity log names them by it."),
        widget=forms.TextInput(attrs=ANY_SCRIPT),
        validators=[validate_ones_own_name],
        error_messages={"required": _("Give the person's name.")},
    )
    email = EmailField(
        label=_("E-mail"),
        help_text=_("An address that only they read. The invitation goes there."),
        widget=forms.EmailInput(attrs=LATIN),
        validators=[validate_ones_own_address],
        error_messages={"required": _("Give the person's e-mail address.")},
    )
    language = forms.ChoiceField(required=False, label=_("Language"))
    roles = RoleChoices(
        queryset=Role.objects.none(),
        label=_("Roles"),
        widget=TickRows,
        error_messages={"required": _("Choose a role: without one there is nothing for this person to do.")},
    )
    field_order = (
        *("name", "email", "language", "roles", "scope", "starts_on", "ends_on", "reason", "review_on"),
    )

    def __init__(self, *args: Any, may_give: bool, **kwargs: Any) -> None:
        """Whoever may invite and may not give roles leaves those to a colleague."""
        super().__init__(*args, **kwargs)
        self.gives = may_give
        for name in () if may_give else OF_ROLES:
            self.fields.pop(name, None)
        if may_give:
            cast("RoleChoices", self.fields["roles"]).queryset = Role.objects.order_by("name")
        unsaid = _("As set for the whole site") if bound_tenant() else _("As the browser asks for")
        cast("forms.ChoiceField", self.fields["language"]).choices = [("", unsaid), *languages()]

    def newcomer(self) -> Newcomer:
        typed = self.cleaned_data
        return Newcomer(typed["email"], typed["name"], typed["language"])

    def given_roles(self) -> list[Role]:
        return [*self.cleaned_data["roles"]] if self.gives else []

    def terms(self) -> Terms:
        return super().terms() if self.gives else Terms()

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        never_came = Q(is_active=False, password__startswith=UNUSABLE_PASSWORD_PREFIX)
        if User.objects.filter(email=email).exclude(never_came).exists():  # of those `invite` decides
            raise forms.ValidationError(_("Somebody with this e-mail address is here already."), code="taken")
        return email


class NameForm(forms.Form):
    """Who somebody is in the log: changed by colleagues who may, never by oneself."""

    name = InviteForm.base_fields["name"]
