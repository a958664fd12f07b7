"""A thousand wrong passwords at once, and a thousand wrong codes, from two hundred addresses, at a real server."""

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from accounts.models import Session, User
from accounts.second_factor.time_steps import code_at, step_now
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import kinds
from tests.conftest import PASSWORD
from tests.limits.storming import Visitor, storm, storm_of_codes
from tests.limits.trying import IN_ALL, known_to
from tests.support import fleet
from tests.support.authenticator import give_device

ROOT = Path(__file__).resolve().parents[2]
A_THOUSAND = pytest.param(200, 5, marks=pytest.mark.slow)  # addresses, and tries of each
TRIES = 5  # that the owner needs at most, in a browser that is known
WRONG_CODES = 5  # of one device, before somebody has to wait
ALICE, BOB = "alice@acme.example", "bob@acme.example"


@pytest.fixture
def site(databases: None) -> Iterator[Tenant]:
    """Really committed."""
    made = fleet.provision()
    with bound_to(made):
        fleet.add_user(ALICE, "Alice", "owner")
        fleet.add_user(BOB, "Bob", "order_manager")
    yield made
    fleet.close(made)


@pytest.fixture
def port(databases: None) -> Iterator[int]:
    """Two processes with eight threads each, as the product has them, behind a proxy."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=256)) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers=2", "--threads=8"),
            *("--worker-class=gthread", f"--bind=fd://{listener.fileno()}", "config.wsgi"),
        ]
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"AMANA_TRUSTED_PROXIES": "1"},
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait(20)


@pytest.mark.parametrize(("addresses", "each"), [(12, 5), A_THOUSAND])
def test_so_many_guesses_are_looked_at_and_no_more_however_many_come_at_once(
    site: Tenant, port: int, addresses: int, each: int
) -> None:
    visitors = [Visitor(port, site.primary_host, f"10.1.{n // 250}.{n % 250}") for n in range(addresses)]

    answers = storm(visitors, ALICE, each)

    assert answers == Counter({422: IN_ALL, 429: addresses * each - IN_ALL})
    with bound_to(site):
        assert not Session.objects.filter(user__isnull=False).exists()
    told = Counter(kinds(site))
    assert told["accounts.signed_in", "refused"] == IN_ALL
    assert told["accounts.locked_out", "refused"] == 1
    assert Visitor(port, site.primary_host, "10.9.9.9").sign_in(ALICE, PASSWORD) == 429
    assert Visitor(port, site.primary_host, "10.1.0.1").sign_in(BOB, PASSWORD) == 302


@pytest.mark.parametrize(("addresses", "each"), [(12, 5), A_THOUSAND])
def test_meanwhile_the_owner_is_let_on_in_a_known_browser_within_five_tries(
    site: Tenant, port: int, addresses: int, each: int
) -> None:
    at_home, again = (Visitor(port, site.primary_host, "10.9.9.9") for _ in range(2))
    known = known_to(site, ALICE)
    at_home.cookies |= known
    again.cookies |= known
    visitors = [Visitor(port, site.primary_host, f"10.1.{n // 250}.{n % 250}") for n in range(addresses)]

    with ThreadPoolExecutor(1) as thread:
        raging = thread.submit(storm, visitors, ALICE, each)
        tries = [at_home.sign_in(ALICE, "mistyped")]
        while tries[-1] != 302 and len(tries) < TRIES:
            tries.append(at_home.sign_in(ALICE, PASSWORD))
        answers = raging.result()

    assert tries == [422, 302]
    assert answers == Counter({422: IN_ALL, 429: addresses * each - IN_ALL})
    assert again.sign_in(ALICE, PASSWORD) == 302


@pytest.mark.parametrize(("addresses", "each"), [(6, 5), A_THOUSAND])
def test_codes_by_those_who_stole_the_password_admit_nobody_and_meanwhile_the_owner_comes_in_within_five_tries(
    site: Tenant, port: int, addresses: int, each: int
) -> None:
    with bound_to(site):
        phone = give_device(User.objects.get(email=ALICE))
    thieves = [Visitor(port, site.primary_host, f"10.1.{n // 250}.{n % 250}") for n in range(addresses)]
    assert {thief.sign_in(ALICE, PASSWORD) for thief in thieves} == {302}
    soon = {code_at(phone.key, step_now() + later) for later in range(-1, 20)}
    wrong = [code for code in map("{:06}".format, range(100)) if code not in soon]

    at_home = Visitor(port, site.primary_host, "10.9.9.9")
    at_home.cookies |= known_to(site, ALICE)

    with ThreadPoolExecutor(1) as thread:
        raging = thread.submit(storm_of_codes, thieves, wrong, each)
        tries = [at_home.sign_in(ALICE, PASSWORD), at_home.give_code(wrong[0])]
        while tries[-1] != 302 and len(tries) < TRIES:
            tries.append(at_home.give_code(phone.code()))
        answers = raging.result()

    assert ({*answers}, answers.total()) == ({422, 429}, addresses * each)
    # The owner's right code begins the count anew; the wait after five is over three times in the slowest of storms.
    assert answers[422] <= 2 * WRONG_CODES + 3
    assert tries == [302, 422, 302]
    with bound_to(site):
        assert [session.ip for session in Session.objects.filter(user__isnull=False)] == ["10.9.9.9"]
