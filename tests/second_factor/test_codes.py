"""Six digits that are right for one step of 30 seconds, once."""

import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import TotpDevice, User
from accounts.second_factor.time_steps import code_at, digits_of, new_key, step_now
from accounts.second_factor.verdicts import Said
from accounts.second_factor.verifying import verify_code
from audit.context import acting
from tenants.binding import bound_to
from tenants.models import Tenant
from tests.support import fleet
from tests.support.authenticator import Authenticator, give_device

# RFC 6238, appendix B, SHA-1; its eight digits, of which apps show the last six.
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(RFC_KEY, seconds // 30) == code[2:]


@pytest.mark.skipif(not shutil.which("oathtool"), reason="oathtool isn't installed")
def test_oathtool_shows_what_we_ask_for() -> None:
    key = new_key()
    for seconds in (0, 59, 1764133200, 4102444800):
        told = ["oathtool", "--totp", "--base32", f"--now=@{seconds}", key]
        shown = subprocess.run(told, capture_output=True, text=True, check=True).stdout.strip()
        assert code_at(key, seconds // 30) == shown


def test_a_key_has_160_bits_of_its_own() -> None:
    keys = {new_key() for _ in range(50)}
    assert len(keys) == 50
    assert {len(key) for key in keys} == {32}


def test_numerals_and_spaces_are_read_as_digits() -> None:
    assert digits_of(" ١٢٣ 456\n") == "123456"
    assert digits_of("12-34") == "12-34"


def test_the_code_of_this_moment_is_right_once(acme: Tenant, alice: User, phone: Authenticator) -> None:
    with bound_to(acme):
        code = phone.code()
        assert verify_code(alice, code).said is Said.RIGHT
        assert verify_code(alice, code).said is Said.USED
        device = TotpDevice.objects.get()
        assert device.last_step == step_now()
        assert device.last_used_at is not None
        assert device.failures == 0


def test_a_code_that_was_used_in_a_later_step_isnt_good_again(
    acme: Tenant, alice: User, phone: Authenticator
) -> None:
    with bound_to(acme):
        code = phone.code()
        TotpDevice.objects.update(last_step=step_now() + 1)
        assert verify_code(alice, code).said is Said.USED


def test_the_code_before_has_just_expired_and_the_one_after_isnt_good_yet(
    acme: Tenant, alice: User, phone: Authenticator
) -> None:
    with bound_to(acme):
        expired = verify_code(alice, phone.code(later=-1))
        assert expired.said is Said.EXPIRED
        assert "just expired" in str(expired.words)
        assert verify_code(alice, phone.code(later=-2)).said is Said.WRONG
        assert verify_code(alice, phone.code(later=1)).said is Said.WRONG
        assert TotpDevice.objects.get().failures == 2


@pytest.mark.parametrize("drift", [-3, 2])
def test_the_clock_of_the_device_decides_which_step_it_is(acme: Tenant, alice: User, drift: int) -> None:
    with bound_to(acme):
        phone = Authenticator(give_device(alice).key, ahead=drift)
        TotpDevice.objects.update(drift=drift)
        assert verify_code(alice, phone.code(later=-drift)).said is Said.WRONG
        assert verify_code(alice, phone.code(later=-1)).said is Said.EXPIRED
        assert verify_code(alice, phone.code()).said is Said.RIGHT


def test_without_a_device_no_code_is_right(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        assert verify_code(alice, "000000").said is Said.NO_DEVICE


def test_a_device_that_isnt_confirmed_is_no_factor(acme: Tenant, alice: User, phone: Authenticator) -> None:
    with bound_to(acme):
        TotpDevice.objects.update(confirmed=False)
        assert verify_code(alice, phone.code()).said is Said.NO_DEVICE


def test_another_persons_code_is_wrong(acme: Tenant, alice: User, bob: User, phone: Authenticator) -> None:
    with bound_to(acme):
        bobs = give_device(bob)
        assert verify_code(alice, bobs.code()).said is Said.WRONG
        assert verify_code(bob, phone.code()).said is Said.WRONG


def test_the_key_stands_in_the_database_encrypted(acme: Tenant, phone: Authenticator) -> None:
    with bound_to(acme):
        [stored] = TotpDevice.objects.values_list("key", flat=True)
        assert phone.key.encode() not in bytes(stored.blob if hasattr(stored, "blob") else bytes(stored))


def wrong(phone: Authenticator) -> str:
    return phone.code(later=900)


def test_after_five_wrong_codes_the_right_one_has_to_wait(
    acme: Tenant, alice: User, phone: Authenticator
) -> None:
    with bound_to(acme):
        said = [verify_code(alice, wrong(phone)).said for _ in range(7)]
        assert said == [Said.WRONG] * 5 + [Said.WAIT] * 2
        verdict = verify_code(alice, phone.code())
        assert verdict.said is Said.WAIT
        assert 0 < verdict.retry_after <= 30
        assert TotpDevice.objects.get().failures == 5


def waited(**time: int) -> None:
    device = TotpDevice.objects.get()
    assert device.failed_at
    TotpDevice.objects.update(failed_at=device.failed_at - timedelta(**time))


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_a_right_code_ends_it(
    acme: Tenant, alice: User, phone: Authenticator
) -> None:
    with bound_to(acme):
        for _ in range(5):
            verify_code(alice, wrong(phone))
        waits = []
        for _ in range(7):
            waited(minutes=15)
            assert verify_code(alice, wrong(phone)).said is Said.WRONG
            waits.append(verify_code(alice, wrong(phone)).retry_after)
        assert waits == [60, 120, 240, 480, 900, 900, 900]
        waited(minutes=15)
        assert verify_code(alice, phone.code()).said is Said.RIGHT
        assert TotpDevice.objects.get().failures == 0


def test_wrong_codes_are_forgotten_a_quarter_of_an_hour_after_the_last_one(
    acme: Tenant, alice: User, phone: Authenticator
) -> None:
    with bound_to(acme):
        for _ in range(4):
            verify_code(alice, wrong(phone))
        waited(minutes=14)
        verify_code(alice, wrong(phone))
        assert TotpDevice.objects.get().failures == 5
        waited(minutes=16)
        assert verify_code(alice, wrong(phone)).said is Said.WRONG
        assert TotpDevice.objects.get().failures == 1


@pytest.fixture
def committed(new_tenant: Callable[..., Tenant]) -> Tenant:
    return new_tenant(name="Acme")


def test_what_fails_later_forgets_no_wrong_code(committed: Tenant) -> None:
    with bound_to(committed):
        alice = fleet.add_user("alice@acme.example", "Alice", "owner")
        phone = give_device(alice)
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            verify_code(alice, wrong(phone))
        verify_code(alice, wrong(phone))
        assert TotpDevice.objects.get().failures == 1


def at_once(tenant: Tenant, alice: User, codes: list[str]) -> list[Said]:
    def give(code: str) -> Said:
        with acting("test"), bound_to(tenant):
            return verify_code(alice, code).said

    with ThreadPoolExecutor(8) as threads:
        return [*threads.map(give, codes)]


def test_two_hundred_wrong_codes_at_once_are_five_and_let_nobody_in(committed: Tenant) -> None:
    with bound_to(committed):
        alice = fleet.add_user("alice@acme.example", "Alice", "owner")
        phone = give_device(alice)
    said = at_once(committed, alice, [wrong(phone)] * 199 + [phone.code()])
    assert said.count(Said.WRONG) == 5
    assert said.count(Said.WAIT) == 195
    with bound_to(committed):
        device = TotpDevice.objects.get()
        assert (device.failures, device.last_step) == (5, -1)
        assert device.closed_until
        assert device.closed_until > timezone.now()


def test_of_twenty_who_give_the_same_code_at_once_one_is_let_in(committed: Tenant) -> None:
    with bound_to(committed):
        alice = fleet.add_user("alice@acme.example", "Alice", "owner")
        phone = give_device(alice)
    said = at_once(committed, alice, [phone.code()] * 20)
    assert said.count(Said.RIGHT) == 1
    assert said.count(Said.USED) == 19
