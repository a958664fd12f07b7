"""Reading the log: typed, in the active language, page by page, and nobody else's."""

from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from audit.context import acting
from audit.events import kinds
from audit.reading import history_of, read
from audit.recording import record
from business.contacts.models import Contact
from tenants.binding import bound_to
from tenants.exceptions import CrossTenantError, NoTenantBound
from tenants.models import Tenant


def test_the_history_of_a_record_tells_what_it_was_and_became(acme: Tenant, alice: User) -> None:
    with bound_to(acme), acting(f"user:{alice.pk}", request="r1", ip="203.0.113.7", reason="A typo"):
        alice.name = "Alicia"
        alice.save(update_fields=["name"])
        [changed, added] = [each for each in history_of(alice) if each.action in ("insert", "update")][:2]
    assert (changed.action, changed.outcome, changed.actor) == ("update", "done", f"user:{alice.pk}")
    assert (changed.before, changed.after, changed.masked) == ({"name": "Alice"}, {"name": "Alicia"}, ())
    assert (changed.request, changed.ip, changed.reason) == ("r1", "203.0.113.7", "A typo")
    assert changed.sentence == f"user:{alice.pk} changed accounts_user {alice.pk}"
    assert changed.at.tzinfo is UTC
    assert timezone.now() - changed.at < timedelta(minutes=5)
    assert added.id < changed.id


def test_masked_values_are_named_and_not_told(acme: Tenant) -> None:
    with bound_to(acme):
        contact = Contact.objects.create(name="Zaphod Beeblebrox")
        [added] = history_of(contact)
    assert "name" in added.masked
    assert "Zaphod" not in str(added)
    assert (added.action, added.before) == ("insert", {})


def test_it_is_read_page_by_page_newest_first(acme: Tenant) -> None:
    with bound_to(acme):
        for name in "abcde":
            record("accounts.signed_out", name=name)
        first = read(2, action="accounts.signed_out")
        second = read(2, action="accounts.signed_out", before_id=first[-1].id)
    assert [each.details["name"] for each in first + second] == ["e", "d", "c", "b"]


def test_it_is_narrowed_down(acme: Tenant) -> None:
    with bound_to(acme):
        began = timezone.now() - timedelta(seconds=1)
        with acting("user:7", request="r7"):
            record("accounts.signed_in", "refused", subject="accounts_user", object_id=7, name="Seven")
        for only in (
            {"actor": "user:7"},
            {"request": "r7"},
            {"object_id": "7", "subject": "accounts_user"},
            {"outcome": "refused", "action": "accounts.signed_in"},
        ):
            [found] = read(**only)  # type: ignore[arg-type]
            assert (found.object_id, found.outcome) == ("7", "refused")
        assert read(until=began - timedelta(days=1)) == []
        assert read(actor="user:8") == []


def test_an_older_release_is_still_told(acme: Tenant) -> None:
    with bound_to(acme), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT activity_api.record('crew.sang', 'done')")
        cursor.execute("SELECT activity_api.record('accounts.signed_out', 'done')")
    with bound_to(acme):
        assert [each.sentence for each in read(2)] == ["… signed out", "crew.sang"]


def test_a_sentence_is_in_the_language_of_who_reads(acme: Tenant) -> None:
    """Each is lazy: what language was active when it was declared doesn't matter."""
    with bound_to(acme):
        record("accounts.signed_out", name="Alice")
        [event] = read(1)
    told = {}
    for language in ("en", "ar", "zh-hans"):
        with override(language):
            told[language] = event.sentence
    assert told == {"en": "Alice signed out", "ar": "سجّل Alice الخروج", "zh-hans": "Alice 已退出登录"}
    for kind in kinds().values():
        for sentence in kind.sentences.values():
            assert not isinstance(sentence, str)


def test_mallory_reads_her_own_log_and_none_of_acmes(acme: Tenant, globex: Tenant, alice: User) -> None:
    with bound_to(acme):
        record("accounts.signed_in", object_id=alice.pk, subject="accounts_user", name="Alice")
    with bound_to(globex):
        assert read(object_id=str(alice.pk)) == []
        with pytest.raises(CrossTenantError):
            history_of(alice)
    with pytest.raises(NoTenantBound):
        read()


def test_reading_leaves_nothing(acme: Tenant, alice_client: Client) -> None:
    with bound_to(acme):
        before = read(1)
    assert alice_client.get("/contacts/").status_code == 200
    with bound_to(acme):
        assert read(1) == before
