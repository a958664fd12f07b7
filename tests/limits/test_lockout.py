"""After too many wrong passwords no more are looked at, of that address and no other, for a while."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.auth.signals import user_logged_in
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, RequestFactory

from accounts.exceptions import UnlockRefused
from accounts.limits.attempts import begin
from accounts.limits.keys import key_of, keys_of
from accounts.limits.lockouts import locked_until, unlock
from accounts.models import User
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, kinds, lines, newest
from tests.conftest import PASSWORD
from tests.limits.trying import (
    FROM_ONE_SPOT,
    HERE,
    IN_ALL,
    THERE,
    attempt,
    everything_in,
    later,
    try_right,
    try_wrong,
)
from tests.support.fleet import client_of

COOL_OFF = timedelta(minutes=15)


def test_the_eleventh_is_not_looked_at_even_if_it_is_right(acme: Tenant, alice: User) -> None:
    assert try_wrong(acme, alice.email, FROM_ONE_SPOT) == [422] * FROM_ONE_SPOT
    answer = attempt(acme, alice.email, PASSWORD)
    assert answer.status_code == 429
    assert 890 <= int(answer["Retry-After"]) <= 900
    page = answer.content.decode()
    assert "Try again in 15\N{NO-BREAK SPACE}mins, use a browser" in page
    assert alice.email in page
    with bound_to(acme):
        assert "_auth_user_id" not in answer.client.session


@pytest.mark.slow
def test_a_right_one_before_that_begins_anew(acme: Tenant, alice: User) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT - 1)
    assert try_right(acme, alice.email) == 302
    assert try_wrong(acme, alice.email, FROM_ONE_SPOT) == [422] * FROM_ONE_SPOT
    assert try_right(acme, alice.email) == 429


@pytest.mark.slow
def test_the_others_in_her_office_sign_in_and_so_does_she_from_elsewhere(
    acme: Tenant, alice: User, bob: User
) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT + 5)
    assert try_right(acme, alice.email) == 429
    assert try_right(acme, bob.email) == 302
    assert try_right(acme, alice.email, ip=THERE) == 302


@pytest.mark.slow
def test_from_many_spots_there_is_a_limit_for_all_of_them(acme: Tenant, alice: User, bob: User) -> None:
    answers = [attempt(acme, alice.email, ip=f"10.0.0.{number}").status_code for number in range(40)]
    assert answers == [422] * IN_ALL + [429] * (40 - IN_ALL)
    assert try_right(acme, alice.email, ip=THERE) == 429
    assert try_right(acme, bob.email, ip="10.0.0.1") == 302


def test_one_network_of_ipv6_is_one_spot(acme: Tenant, alice: User) -> None:
    answers = [attempt(acme, alice.email, ip=f"2001:db8::{number + 1:x}").status_code for number in range(11)]
    assert answers == [422] * FROM_ONE_SPOT + [429]
    assert try_right(acme, alice.email, ip="2001:db8:0:1::1") == 302


def test_it_ends_by_itself_and_trying_meanwhile_makes_it_no_longer(acme: Tenant, alice: User) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    later(acme, COOL_OFF - timedelta(seconds=5))
    assert attempt(acme, alice.email)["Retry-After"] in {"4", "5"}
    later(acme, timedelta(seconds=5))
    assert try_wrong(acme, alice.email, 1) == [422]
    assert try_right(acme, alice.email) == 302


def test_what_counts_no_more_is_removed(acme: Tenant, alice: User, bob: User) -> None:
    try_wrong(acme, alice.email, 1)
    later(acme, COOL_OFF)
    try_wrong(acme, bob.email, 1)
    with bound_to(acme):
        assert AccessAttempt.objects.get().username == keys_of(bob.email)[0]


def test_nobody_learns_by_it_who_is_there(acme: Tenant, alice: User) -> None:
    """Locked: the same words, status and waiting time; no password is hashed for either."""
    told = {}
    for email in (alice.email, "alina@acme.example"):
        try_wrong(acme, email, FROM_ONE_SPOT)
        with patch("django.contrib.auth.hashers.Argon2PasswordHasher.encode", return_value="!") as hashed:
            answer = attempt(acme, email)
        page = answer.content.decode().replace(email, "…")
        told[email] = (answer.status_code, int(answer["Retry-After"]) // 10, hashed.call_count, _plain(page))
    assert told[alice.email] == told["alina@acme.example"]
    assert told[alice.email][::2] == (429, 0)


def _plain(page: str) -> str:
    """Without what differs each time."""
    return "\n".join(
        line for line in page.splitlines() if "csrfmiddlewaretoken" not in line and "nonce" not in line
    )


def test_mallory_at_globex_locks_nobody_at_acme(
    acme: Tenant, globex: Tenant, alice: User, mallory: User
) -> None:
    try_wrong(globex, alice.email, FROM_ONE_SPOT + 1)
    assert try_right(globex, alice.email) == 429
    assert try_right(acme, alice.email) == 302
    with bound_to(acme):
        here = keys_of(alice.email)
    with bound_to(globex):
        assert not {*here} & {*keys_of(alice.email)}


def test_x_forwarded_for_is_believed_of_nobody(acme: Tenant, alice: User) -> None:
    for number in range(FROM_ONE_SPOT):
        attempt(acme, alice.email, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert attempt(acme, alice.email, HTTP_X_FORWARDED_FOR="203.0.113.99").status_code == 429


def test_operators_are_counted_in_the_catalog(catalog: None, operator_client: Client, oscar: User) -> None:
    typed = {"email": oscar.email, "password": "wrong"}
    answers = [operator_client.post("/sign-in/", typed).status_code for _ in range(FROM_ONE_SPOT + 1)]
    assert answers == [422] * FROM_ONE_SPOT + [429]
    with bound_to(CATALOG):
        assert locked_until(oscar) is not None


def test_it_is_told_once_in_the_log(acme: Tenant, alice: User) -> None:
    before = newest(acme)
    try_wrong(acme, alice.email, FROM_ONE_SPOT + 3)
    refused = ("accounts.signed_in", "refused")
    assert kinds(acme, before) == [refused] * FROM_ONE_SPOT + [("accounts.locked_out", "refused")]
    words = "Alice is locked out for a while after too many failed sign-ins"
    assert lines(acme, before)[-1] == Line("accounts.locked_out", "refused", "anonymous", words)


def test_of_a_stranger_it_is_told_by_the_same_hash(acme: Tenant) -> None:
    before = newest(acme)
    try_wrong(acme, "zaphod@example.org", FROM_ONE_SPOT + 3)
    told = lines(acme, before)
    assert [line.action for line in told] == ["accounts.stranger_came"] * FROM_ONE_SPOT + [
        "accounts.stranger_locked_out"
    ]
    assert len({line.sentence.rpartition("(")[2] for line in told}) == 1
    assert "zaphod" not in str(told)


def test_bob_unlocks_alice(acme: Tenant, alice: User, bob: User) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    before = newest(acme)
    with bound_to(acme):
        until = locked_until(alice)
        assert until is not None
        assert locked_until(bob) is None
        unlock(alice, by=bob)
        assert locked_until(alice) is None
    assert lines(acme, before) == [
        Line("accounts.unlocked", "done", "test", "Alice was unlocked and may sign in again")
    ]
    assert try_right(acme, alice.email) == 302


def test_nobody_unlocks_themselves(acme: Tenant, alice: User) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    before = newest(acme)
    with bound_to(acme), pytest.raises(UnlockRefused, match="Nobody unlocks themselves"):
        unlock(alice, by=alice)
    with bound_to(acme):
        assert locked_until(alice) is not None
    assert lines(acme, before) == []


def test_a_command_unlocks_who_has_nobody_to_ask(
    acme: Tenant, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    try_wrong(acme, alice.email, FROM_ONE_SPOT)
    before = newest(acme)
    with bound_to(acme):
        call_command("unlock", alice.email)
        call_command("unlock", alice.email)
        with pytest.raises(CommandError, match="Nobody here has the address"):
            call_command("unlock", "mallory@globex.example")
    assert capsys.readouterr().out.splitlines() == ["Alice may sign in again.", "Alice isn't locked out."]
    assert [line.action for line in lines(acme, before)] == ["accounts.unlocked"]
    assert try_right(acme, alice.email) == 302


def test_nothing_is_kept_of_who_tried_with_what(acme: Tenant, alice: User) -> None:
    sent: dict[str, Any] = {"HTTP_USER_AGENT": "Netscape 4", "HTTP_ACCEPT": "text/klingon"}
    attempt(acme, alice.email, "hunter2hunter2", **sent)
    client_of(acme.primary_host).post(
        f"/sign-in/?next=/x/{alice.email}", {"email": alice.email, "password": "x"}
    )
    held = everything_in(acme).lower()
    assert HERE in held
    for secret in ("alice", "acme.example", "hunter2", "netscape", "klingon", "sign-in/", str(alice.pk)):
        assert secret not in held, secret
    with bound_to(acme):
        for empty in (AccessLog, AccessFailureLog, AccessAttemptExpiration):
            assert not empty.objects.exists()


def test_an_attempt_inside_a_transaction_that_could_take_it_back_is_refused(acme: Tenant) -> None:
    with bound_to(acme), transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        begin("k" * 32, HERE)


def test_whoever_is_signed_in_or_out_by_another_way_leaves_axes_tables_alone(
    acme: Tenant, alice: User, alice_client: Client
) -> None:
    alice_client.post("/sign-out/")
    assert user_logged_in.has_listeners()
    with bound_to(acme):
        assert not AccessAttempt.objects.exists()


def test_the_key_is_the_same_however_the_address_is_written(acme: Tenant, alice: User) -> None:
    request = RequestFactory().post("/sign-in/")
    with bound_to(acme):
        keys = {key_of(request, {"email": email}) for email in ("alice@acme.example", " Alice@ACME.example ")}
    assert len(keys) == 1
