"""Ten codes that stand in for a device, each once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from accounts.models import RecoveryCode, User
from accounts.second_factor.recovering import codes_left, make_codes, use_code
from audit.context import acting
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.audit.looking import Line, lines, newest
from tests.conftest import PASSWORD
from tests.support import fleet
from tests.support.authenticator import Authenticator, give_device

HalfIn = Callable[[], Client]
PAGE = "/second-factor/recovery/"
CODE = re.compile(r"<code>((?:[0-9a-z]{4}-){5}[0-9a-z]{4})</code>")


@pytest.fixture
def codes(acme: Tenant, alice: User, phone: Authenticator) -> list[str]:
    with bound_to(acme):
        return make_codes(alice)


def test_a_code_lets_alice_in_once(acme: Tenant, alice: User, half_in: HalfIn, codes: list[str]) -> None:
    client, before, her = half_in(), newest(acme), f"user:{alice.pk}"
    answer = client.post(f"{PAGE}?next=/contacts/", {"recovery_code": codes[3]})
    assert answer["Location"] == "/second-factor/recovery/used/?next=/contacts/"
    page = client.get(answer["Location"]).content.decode()
    assert "9 codes are left." in page
    assert 'href="/contacts/"' in page
    assert 'href="/recovery-codes/"' in page
    assert client.get("/contacts/").status_code == 200
    assert lines(acme, before)[:2] == [
        Line("accounts.recovery_code_used", "done", her, "Alice used a recovery code; left are 9"),
        Line("accounts.signed_in", "done", her, "Alice signed in"),
    ]

    again = fleet.client_of(acme.primary_host)
    again.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert again.post(PAGE, {"recovery_code": codes[3]}).status_code == 422
    assert again.get("/contacts/").status_code == 302
    with bound_to(acme):
        assert codes_left(alice) == 9


@pytest.mark.parametrize("spell", [str.upper, lambda code: code.replace("-", " "), lambda code: f" {code}\n"])
def test_it_is_read_however_it_was_written_down(
    half_in: HalfIn, codes: list[str], spell: Callable[[str], str]
) -> None:
    assert half_in().post(PAGE, {"recovery_code": spell(codes[0])}).status_code == 302


def test_letters_that_are_taken_for_digits_are_read_as_digits(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        codes = make_codes(alice)
        while not (found := [code for code in codes if "0" in code and "1" in code]):
            codes = make_codes(alice)
        assert use_code(alice, found[0].replace("0", "O").replace("1", "l"))


@pytest.mark.parametrize("typed", ["", "0000-0000-0000-0000-0000-0000", "000000", "x" * 99])
def test_anything_else_is_refused(acme: Tenant, half_in: HalfIn, codes: list[str], typed: str) -> None:
    client = half_in()
    assert client.post(PAGE, {"recovery_code": typed}).status_code == 422
    assert client.get("/contacts/").status_code == 302
    with bound_to(acme):
        assert RecoveryCode.objects.filter(used_at=None).count() == 10


def test_a_recovery_code_opens_while_codes_of_the_device_have_to_wait(
    acme: Tenant, half_in: HalfIn, phone: Authenticator, codes: list[str]
) -> None:
    client = half_in()
    answers = [client.post("/second-factor/", {"code": phone.code(later=900)}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1]["Retry-After"].isdecimal()
    assert "There were too many wrong codes." in answers[-1].content.decode()
    assert client.post("/second-factor/", {"code": phone.code()}).status_code == 429
    assert client.post(PAGE, {"recovery_code": codes[0]}).status_code == 302
    assert client.get("/contacts/").status_code == 200


def test_of_two_who_give_the_same_one_at_once_one_is_let_in(new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant(name="Acme")
    with bound_to(tenant):
        alice = fleet.add_user("alice@acme.example", "Alice", "owner")
        code = make_codes(alice)[0]

    def give(_: int) -> bool:
        with acting("test"), bound_to(tenant):
            return use_code(alice, code)

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(give, range(12))) == 1


def test_nothing_but_a_keyed_hash_is_kept(
    acme: Tenant, globex: Tenant, alice: User, bob: User, codes: list[str]
) -> None:
    with bound_to(acme):
        kept = [*RecoveryCode.objects.values_list("digest", flat=True)]
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in kept)
        assert not any(code.replace("-", "") in str(kept) for code in codes)
        assert not use_code(bob, codes[0])
    assert len({len(code.replace("-", "")) for code in codes}) == 1
    assert len(codes[0].replace("-", "")) * 5 >= 112


def test_mallory_cant_use_alices_codes_at_globex(
    globex: Tenant, globex_client: Client, mallory: User, codes: list[str]
) -> None:
    with bound_to(globex):
        give_device(mallory)
        make_codes(mallory)
        for digest in [*RecoveryCode.objects.values_list("digest", flat=True)]:
            assert digest not in codes
    globex_client.post("/sign-in/", {"email": mallory.email, "password": PASSWORD})
    for code in codes:
        assert globex_client.post(PAGE, {"recovery_code": code}).status_code == 422
    assert globex_client.get("/contacts/").status_code == 302


def test_new_codes_make_the_old_ones_worthless(
    acme: Tenant, alice: User, alice_client: Client, codes: list[str]
) -> None:
    assert "10 codes are left." in alice_client.get("/recovery-codes/").content.decode()
    fresh = CODE.findall(alice_client.post("/recovery-codes/").content.decode())
    assert len({*fresh, *codes}) == 20
    with bound_to(acme):
        assert not use_code(alice, codes[0])
        assert use_code(alice, fresh[0])


def test_codes_that_were_shown_are_had_as_a_file_and_nothing_else_is(
    alice_client: Client, codes: list[str]
) -> None:
    answer = alice_client.post("/recovery-codes/text/", {"codes": codes})
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="amana-recovery-codes.txt"'
    assert all(code in answer.content.decode() for code in codes)
    assert "alice@acme.example" in answer.content.decode()
    for other in ([], ["alert(1)"], [*codes, "0000-0000-0000-0000-0000-0000"]):
        assert alice_client.post("/recovery-codes/text/", {"codes": other}).status_code == 400


def test_without_the_tick_the_codes_are_shown_again_and_nothing_else_opens(
    alice_client: Client, phone: Authenticator
) -> None:
    shown = CODE.findall(alice_client.post("/recovery-codes/").content.decode())
    page = alice_client.post("/recovery-codes/saved/", {"codes": shown})
    assert page.status_code == 422
    assert CODE.findall(page.content.decode()) == shown
    assert alice_client.get("/contacts/")["Location"] == "/recovery-codes/?next=/contacts/"
    assert "aren't marked as saved" in alice_client.get("/recovery-codes/").content.decode()
    assert alice_client.post("/recovery-codes/saved/", {"saved": "on"}).status_code == 302
    assert alice_client.get("/contacts/").status_code == 200


def test_whoever_has_no_device_needs_no_codes(alice_client: Client) -> None:
    assert alice_client.get("/recovery-codes/")["Location"] == "/second-factor/replace/"
