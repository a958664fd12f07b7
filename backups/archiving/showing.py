"""An archived copy as its page shows it to one operator."""

from typing import Any

from accounts.models import User
from backups.models import ArchivedCopy, Retrieval
from backups.persons import is_same_person, named_operator

State = Retrieval.State
ASK, AGREE = "platform.archive:request", "platform.archive:approve"
STOP, FETCH = "platform.archive:abort", "platform.archive:download"


def shown_to(person: User, copy: ArchivedCopy) -> dict[str, Any]:
    retrievals = [*copy.retrievals.all()]
    current = next((each for each in retrievals if each.is_open), None)
    return {
        "copy": copy,
        "current": current,
        "former": [each for each in retrievals if not each.is_open],
        "may_ask": copy.is_kept and not copy.damage and current is None and person.has_perm(ASK),
        **(_verbs(person, current) if current else {}),
    }


def _verbs(person: User, current: Retrieval) -> dict[str, bool]:
    asked = current.state == State.REQUESTED
    mine = is_same_person(current.requested_by, named_operator(person))
    return {
        "is_mine": asked and mine,
        "may_approve": asked and not mine and person.has_perm(AGREE),
        "may_stop": person.has_perm(STOP),
        "may_fetch": current.state == State.READY and person.has_perm(FETCH),
    }
