"""Real things, in several states, that stand for the arguments in a URL table.

A key is the beginning of route names: `contact` serves contact-update and contact-archive; `contact-detail`, being
longer, is asked first there. Where a page differs by state, name its route and list the states.
"""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.inviting import set_password_link
from accounts.models import Assignment, KnownBrowser, Review, User
from accounts.reviews.campaigns import cancel, latest_due, start
from accounts.visits.disowning import not_me_path
from audit.context import acting
from audit.recording import record
from tenants.binding import Bindable, bound_to
from tenants.identifiers import new_id


@dataclass(frozen=True)
class Sample:
    """The arguments, in which state that thing is, and how its page is answered."""

    arguments: dict[str, str] = field(default_factory=dict)
    state: str = ""
    status: int = 200


Samples = dict[str, list[Sample]]


def in_each_state(things: dict[str, UUID]) -> list[Sample]:
    return [Sample({"pk": str(pk)}, state) for state, pk in things.items()]


def visits_for(place: Bindable, user: User) -> Samples:
    """Where somebody is signed in, and the link of somebody who says that it wasn't them."""
    with bound_to(place):
        browser = user.browsers.first() or KnownBrowser.objects.create(user=user, digest="0" * 64)
        token = not_me_path(user, str(browser.pk)).strip("/").split("/")[1]
    pk = str(user.pk)
    return {
        "sessions": [Sample({"pk": pk})],
        "end": [Sample({"pk": pk, "handle": pk})],
        "not-me": [Sample({"token": token}), Sample({"token": "used-up"}, "used up", 410)],
    }


def people_at(place: Bindable, invited: User) -> Samples:
    """Somebody who is invited, and a role that somebody has who is in."""
    with bound_to(place):
        held = Assignment.objects.in_force().filter(user__email__startswith="sam.").order_by("pk")[0]
    given = Sample({"pk": str(held.user_id), "assignment_pk": str(held.pk)}, "active")
    waiting = Sample({"pk": str(invited.pk)}, "invited")
    return {"person": [waiting], "person-detail": [waiting, given], "person-role-end": [given]}


def history_of(table: str, *keys: UUID | int) -> list[Sample]:
    return [Sample({"table": table, "pk": str(key)}, table) for key in keys]


def request_at(place: Bindable, subject: str, key: UUID) -> list[Sample]:
    """One that left something in the log, and one that didn't."""
    request_id, nobodys = str(new_id()), str(new_id())
    with bound_to(place), acting("anonymous", request=request_id, ip="203.0.113.7", reason="A walk"):
        record("accounts.signed_in", "refused", subject=subject, object_id=key, name="Nadia")
    return [Sample({"request_id": request_id}), Sample({"request_id": nobodys}, "nobody's", 404)]


def review_at(place: Bindable, by: User) -> Samples:
    """One that was given up, and one that is open; and of that an assignment to decide about."""
    with bound_to(place):
        if not Review.objects.exists():
            cancel(start("Summer", latest_due(), by), by)
            start("Autumn", latest_due(), by)
        review, cancelled = (Review.objects.get(state=state) for state in ("open", "cancelled"))
        item = review.items.order_by("person_name").first()
    assert item
    return {
        "review": in_each_state({"open": review.pk, "cancelled": cancelled.pk}),
        "review-decide": [Sample({"pk": str(review.pk), "item": str(item.pk)})],
    }


def links_for(place: Bindable, user: User) -> list[Sample]:
    """By which a password is set: one that works, and one that doesn't."""
    with bound_to(place):
        uidb64, token = set_password_link(user, "").strip("/").split("/")[1:]
    link = {"uidb64": uidb64, "token": token}
    return [Sample(link), Sample({**link, "token": "used-up"}, "used up", 410)]
