"""How copies and the policy are called in the platform's log, and the history of a copy."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.histories import History, add_history
from activity.tables import describe
from backups.models import Backup, Policy


def _policies(_person: Any) -> QuerySet[Policy]:
    """No secret to anybody."""
    return Policy.objects.all()


describe(
    "backups_policy",
    pgettext_lazy("in a sentence", "backup policy"),
    {
        "tier": _("Kind of copy"),
        "keep_days": _("Days that a copy is kept"),
        "shorter_days": _("Days that it is shortened to"),
        "shorter_from": _("Shortened from"),
        "window_opens": _("Copies may begin at"),
        "window_minutes": _("Minutes within which all have begun"),
    },
    named=_policies,
)
describe("backups_backup", pgettext_lazy("in a sentence", "copy"))
add_history(
    History(
        model=Backup,
        code="platform.backup:history",
        label=_("Backups"),
        list_url="backups:fleet",
        detail_url="backups:copy-detail",
        surfaces=("operator",),
    )
)
