from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ReviewItem, Role
from accounts.reviews.deciding import Choice
from interface.forms import DateInput, Segments

ANY_SCRIPT = {"dir": "auto"}
Decision = ReviewItem.Decision


class StartForm(forms.Form):
    """A new review: what it is called, and by when everything is decided."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs=ANY_SCRIPT),
        error_messages={"required": _("Give this review a name.")},
    )
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, typed: Any, latest: date) -> None:
        super().__init__(typed, initial={"due_on": latest})
        self.fields["due_on"].widget = DateInput(last=latest)


DECISIONS = [pair for pair in Decision.choices if pair[0] != Decision.UNREVIEWED]
CLOSED = [(Decision.UNREVIEWED.value, Decision.UNREVIEWED.label)]


class DecisionForm(forms.Form):
    """About one assignment; `roles` are those that it can be reduced to. One's own can only be left unreviewed."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=DECISIONS,
        widget=Segments,
        error_messages={"required": _("Choose one.")},
    )
    reduced_to = forms.ChoiceField(label=_("Reduce to"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.TextInput(attrs=ANY_SCRIPT)
    )

    def __init__(self, typed: Any, item: ReviewItem, roles: list[Role], *, is_own: bool = False) -> None:
        first = {"decision": Decision.UNREVIEWED} if is_own else {}
        super().__init__(typed, prefix=f"d{item.pk.hex}", initial={"reason": item.reason, **first})
        self.item, self.roles = item, {str(role.pk): role for role in roles}
        names = [(key, str(role)) for key, role in self.roles.items()]
        self.fields["reduced_to"].choices = [("", "—"), *names]  # type: ignore[attr-defined]
        if is_own or not roles:
            kept = CLOSED if is_own else [pair for pair in DECISIONS if pair[0] != Decision.REDUCE]
            self.fields["decision"].choices = kept  # type: ignore[attr-defined]
            del self.fields["reduced_to"]

    @property
    def choice(self) -> Choice:
        """What was chosen, once it is valid."""
        said = self.cleaned_data
        is_reduced = said["decision"] == Decision.REDUCE
        role = self.roles.get(said.get("reduced_to", "")) if is_reduced else None
        return Choice(decision=said["decision"], reason=said["reason"], reduced_to=role)
