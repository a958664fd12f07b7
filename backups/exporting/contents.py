"""What an export holds of a tenant's database, and what it leaves out, each with its reason.

Closed by default: a column whose name sounds like a secret is left out until it is said here that it is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

from keys.blind_index import BlindIndexField

SOUNDS_SECRET = re.compile(r"passw|secret|token|key|digest|hash|ticket|salt|nonce|seed|otp", re.IGNORECASE)
LEFT_OUT: Mapping[str, str] = {
    "accounts.counted": "Counts requests by hashes; of no use elsewhere.",
    "accounts.formerpassword": "Hashes of former passwords: secrets of the people.",
    "accounts.session": "What browsers are signed in with: whoever had it would be signed in as them.",
    "axes.accessattempt": "Counts failed sign-ins, which stand in the activity log.",
    "axes.accessattemptexpiration": "Counts failed sign-ins, which stand in the activity log.",
    "axes.accessfailurelog": "Always empty: failed sign-ins stand in the activity log.",
    "axes.accesslog": "Always empty: sign-ins stand in the activity log.",
    "jobs.job": "Background work of the last months: the activity log says who asked for what.",
    "jobs.jobline": "How far background work was.",
}
SECRET: Mapping[str, str] = {
    "accounts.user.password": "The hash of a password.",
    "accounts.totpdevice.key": "What the codes of a second factor are made from.",
    "accounts.recoverycode.digest": "What a recovery code is recognised by.",
    "accounts.knownbrowser.digest": "What a browser is recognised by.",
    "accounts.supportgrant.ticket_digest": "What somebody of Amana was let in with.",
}
NO_SECRET = frozenset(
    {
        "accounts.securitypolicy.totp_for_all",
        "accounts.supportgrant.ticket_until",
        "accounts.user.must_set_password",
        "accounts.user.password_set_at",
    }
)


@dataclass(frozen=True)
class Table:
    """One table of an export: its columns in the order of the model, and those left out with their reasons."""

    model: type[Model]
    columns: tuple["Field[object, object]", ...]
    left_out: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.model._meta.db_table


def tables() -> list[Table]:
    """All that holds the customer's data, by name; what is registered later is in it by itself."""
    return sorted(map(_table, _models()), key=lambda table: table.name)


def _models() -> list[type[Model]]:
    known = apps.get_models(include_auto_created=True)
    return [
        model
        for model in known
        if model._meta.app_label in settings.TENANT_LABELS
        and model._meta.managed
        and not model._meta.proxy
        and model._meta.label_lower not in LEFT_OUT
    ]


def _table(model: type[Model]) -> Table:
    fields = model._meta.concrete_fields
    left_out = {field.column: reason for field in fields if (reason := why_left_out(field))}
    return Table(model, tuple(field for field in fields if field.column not in left_out), left_out)


def why_left_out(field: "Field[object, object]") -> str:
    """Empty where the column is in the export."""
    name = f"{field.model._meta.label_lower}.{field.name}"
    if name in SECRET:
        return SECRET[name]
    if isinstance(field, BlindIndexField):
        return "A keyed hash by which an encrypted value is found."
    if SOUNDS_SECRET.search(field.name) and name not in NO_SECRET:
        return "Sounds like a secret, and nobody has said that it is none."
    return ""
