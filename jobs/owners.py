"""Whose a job is. People are a matter of a higher part, asked for by the name that Django has for them."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from jobs.models import Job


def with_owners(jobs: Iterable[Job]) -> list[tuple[Job, str]]:
    """Each job with the name of who asked for it; empty where nobody did, or nobody of that id is left."""
    known = [*jobs]
    people = get_user_model()._default_manager.in_bulk({job.owner_id for job in known if job.owner_id})
    return [(job, str(people.get(job.owner_id, ""))) for job in known]
