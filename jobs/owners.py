"""Whose a job is. People are a matter of a higher part, asked for by the name that Django has for them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_noop

from jobs.exceptions import JobFailed
from jobs.holding import Hold
from jobs.models import Job
from tenants.binding import bound_to

GONE = gettext_noop("Whoever asked for it can't sign in any more, so it wasn't begun.")
NOT_PERMITTED = gettext_noop("Whoever asked for it may not do this any more, so it wasn't begun.")


def with_owners(jobs: Iterable[Job]) -> list[tuple[Job, str]]:
    """Each job with the name of who asked for it; empty where nobody did, or nobody of that id is left."""
    known = [*jobs]
    people = get_user_model()._default_manager.in_bulk({job.owner_id for job in known if job.owner_id})
    return [(job, str(people.get(job.owner_id, ""))) for job in known]


def entitled_owner(hold: Hold) -> Any:
    """The person who asked, with the rights they have now. Raises JobFailed where those don't suffice any more."""
    with bound_to(hold.target):
        owner = get_user_model()._default_manager.in_bulk([hold.owner_id]).get(hold.owner_id)
        if owner is None or not owner.is_active:
            raise JobFailed(GONE)
        if not owner.has_perm(hold.kind.permission):
            raise JobFailed(NOT_PERMITTED)
        return owner
