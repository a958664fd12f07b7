"""What an auditor is handed of a review: who decided what about whom, when and why; signed, so that it stays so."""

import csv
import json
from base64 import b64decode, b64encode
from codecs import BOM_UTF8
from io import StringIO
from typing import Any

from accounts.models import Review, ReviewItem
from jobs.spreadsheets import harmless
from keys.signing_keys import EVIDENCE, is_signed, public_key, sign

NOT_REVIEWED = "not reviewed: nobody else may"
COLUMNS = (
    "person",
    "role",
    "scope",
    "since",
    "decision",
    "reduced_to",
    "reason",
    "decided_by",
    "decided_at",
    "ended_at",
)


def evidence_of(review: Review) -> dict[str, Any]:
    """In English words and UTC: it is read elsewhere, and later."""
    known = review.items.select_related("assignment", "reduced_to", "decided_by")
    return {
        "review": str(review.pk),
        "name": review.name,
        "state": review.state,
        "due_on": review.due_on.isoformat(),
        "started_at": review.started_at.isoformat(),
        "started_by": _name(review.started_by),
        "ended_at": review.ended_at.isoformat() if review.ended_at else None,
        "ended_by": _name(review.ended_by),
        "not_reviewed": known.filter(decision=ReviewItem.Decision.UNREVIEWED).count(),
        "decisions": [_decision(item) for item in known.order_by("person_name", "role_name", "pk")],
    }


def signed_json(review: Review) -> bytes:
    """The evidence, a signature (Ed25519) over it as `message` writes it, and the key that verifies it."""
    told = evidence_of(review)
    document = {
        "evidence": told,
        "signature": b64encode(sign(EVIDENCE, message(told))).decode(),
        "public_key": b64encode(public_key(EVIDENCE)).decode(),
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def is_genuine(document: bytes) -> bool:
    """Whether it is as we signed it."""
    told = json.loads(document)
    return is_signed(EVIDENCE, message(told["evidence"]), b64decode(told["signature"]))


def message(told: dict[str, Any]) -> bytes:
    """Keys sorted, nothing between them, UTF-8."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def spreadsheet(review: Review) -> bytes:
    text = StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for decision in evidence_of(review)["decisions"]:
        lines.writerow([harmless(str(decision[column] or "")) for column in COLUMNS])
    return BOM_UTF8 + text.getvalue().encode()


def _decision(item: ReviewItem) -> dict[str, Any]:
    assignment = item.assignment
    return {
        "person": item.person_name,
        "role": item.role_name,
        "scope": ":".join(filter(None, (assignment.scope, assignment.scope_id))),
        "since": assignment.starts_at.isoformat(),
        "decision": NOT_REVIEWED if item.decision == ReviewItem.Decision.UNREVIEWED else item.decision,
        "reduced_to": item.reduced_to.name if item.reduced_to else None,
        "reason": item.reason,
        "decided_by": _name(item.decided_by),
        "decided_at": item.decided_at.isoformat() if item.decided_at else None,
        "ended_at": assignment.ends_at.isoformat() if assignment.ends_at else None,
    }


def _name(person: object) -> str | None:
    return str(person) if person else None
