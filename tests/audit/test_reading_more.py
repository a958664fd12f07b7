"""Questions that the pages of the log ask: by field, by kind of actor, upward, within a time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit import reading
from audit.context import acting
from audit.reading import Page, TooMuchToRead, Use, read, read_page, uses
from audit.recording import record
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.models import Tenant

SLOW = "SELECT pg_sleep(3)"


def test_a_field_is_found_whether_its_values_are_kept_or_masked(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        contact = Contact.objects.create(name="Dora", kind="person")
        Contact.objects.filter(pk=contact.pk).update(city="Leeds")
        Contact.objects.filter(pk=contact.pk).update(kind="company")
        found = {
            field: [event.action for event in read(object_id=str(contact.pk), field=field)]
            for field in ("city", "kind", "phone", "nothing")
        }
    assert found == {
        "city": ["update", "insert"],
        "kind": ["update", "insert"],
        "phone": ["insert"],
        "nothing": [],
    }


def test_actors_are_found_by_kind_and_changes_told_from_security_events(acme: Tenant) -> None:
    with bound_to(acme):
        with acting("system:sweep"):
            record("accounts.signed_out", name="Sweep")
        with acting("command:whois"):
            record("accounts.signed_out", name="Command")
        with acting("user:7"):
            record("accounts.signed_out", name="Seven")
            Contact.objects.create(name="Dora")
        both = read(2, actors=["system", "command"])
        assert [event.details["name"] for event in both] == ["Command", "Sweep"]
        assert [event.action for event in read(actor="user:7", changes=True)] == ["insert"]
        assert [event.action for event in read(actor="user:7", changes=False)] == ["accounts.signed_out"]


def test_several_tables_are_asked_for_at_once(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        for table in ("accounts_user", "accounts_role", "contacts_contact"):
            record("accounts.signed_out", subject=table, object_id="1", name=table)
        found = read(object_id="1", subjects=["accounts_user", "accounts_role"])
    assert [event.subject for event in found] == ["accounts_role", "accounts_user"]


def test_it_is_read_upward_from_an_event(acme: Tenant) -> None:
    with bound_to(acme):
        for name in "abcd":
            record("accounts.signed_out", name=name)
        d, c, b, a = read(4, action="accounts.signed_out")
        upward = read_page(Page(2, after_id=a.id, upward=True), action="accounts.signed_out")
        first = read_page(Page(1, upward=True))
        assert [event.id for event in upward] == [b.id, c.id]
        assert [event.id for event in read_page(Page(9, before_id=d.id, after_id=b.id))] == [c.id]
        assert first[0].id == min(event.id for event in [*first, a, b, c, d])


def test_a_question_that_takes_too_long_is_stopped_and_says_so(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bound_to(acme):
        before = _timeout()
        read_page(Page(1, seconds=7))
        assert _timeout() == before
        monkeypatch.setattr(reading, "READ", SLOW)
        with pytest.raises(TooMuchToRead):
            read_page(Page(1, seconds=1))
        assert _timeout() == before


def test_what_was_done_at_all_is_told_once_and_nobody_elses(acme: Tenant, globex: Tenant) -> None:
    began = timezone.now()
    for place, name in ((acme, "alice"), (globex, "mallory")):
        with bound_to(place), acting(f"user:{name}"):
            for _ in range(3):
                record("accounts.signed_out", name=name)
            record("accounts.signed_in", "refused", subject="accounts_user", object_id="1", name=name)
            Contact.objects.create(name="Dora")
    with bound_to(acme):
        found = {use for use in uses(began - timedelta(days=90), 5) if use.actor.startswith("user:")}
        assert uses(timezone.now() + timedelta(days=1), 5) == set()
    assert {use for use in found if use.actor in ("user:alice", "user:mallory")} == {
        Use("user:alice", "accounts.signed_out", ""),
        Use("user:alice", "insert", "contacts_contact"),
    }


def test_each_question_is_planned_for_its_own_filters(acme: Tenant) -> None:
    """A record's history comes from its index, in a log of any length; so does a page of the whole log."""
    with bound_to(acme), connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE oid = 'activity_api.read'::regproc")
        [settings] = cursor.fetchone()
    assert "plan_cache_mode=force_custom_plan" in settings
    assert "search_path=pg_catalog, pg_temp" in settings


def _timeout() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        return str(cursor.fetchone()[0])
