"""What is asked of a password, by each preset, in words for whoever typed it."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import SecurityPolicy, User
from accounts.passwords.text import LONGEST, one_form
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant

GOOD = "Kd83-hx7-qz1"
SHORT = "This password is too short. It must contain at least 12 characters."
COMMON = "Many people use this password, or one that is much like it. Choose another one."
PERSONAL = "Leave your name and your e-mail address out of it."


def faults(target: Tenant, password: str, user: User | None = None) -> list[str]:
    with bound_to(target):
        try:
            validate_password(password, user)
        except ValidationError as refused:
            return refused.messages
    return []


def prefer(target: Tenant, preset: str) -> None:
    with bound_to(target):
        SecurityPolicy.objects.update(preset=preset)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        (GOOD, []),
        ("Kd83-hx7-qz", [SHORT]),
        ("kd83-hx7-qz1", ["Add an upper-case letter, such as A."]),
        ("KD83-HX7-QZ1", ["Add a lower-case letter, such as a."]),
        ("Kdab-hxc-qzd", ["Add a digit, such as 7."]),
        ("Kd83shx7tqz1", ["Add a special character, such as ! or -."]),
        ("Kd83 hx7 qz1", ["Add a special character, such as ! or -."]),
        ("Kd83 hx7 qz-1", []),
        ("Password1234!", [COMMON]),
        ("Kd83-Alice-qz1", [PERSONAL]),
        ("Kd83-aLICe-qz1", [PERSONAL]),
        ("Kd83-ACME-qz1", [PERSONAL]),
        ("密码很长而且不常见吗7Aa！", []),
        ("قطتي تستيقظ كل يوم 7Aa!", []),
        (
            "short",
            [
                SHORT,
                "Add an upper-case letter, such as A.",
                "Add a digit, such as 7.",
                "Add a special character, such as ! or -.",
            ],
        ),
    ],
)
def test_marketplaces_ask_for_four_kinds_and_nothing_personal(
    acme: Tenant, alice: User, password: str, said: list[str]
) -> None:
    assert faults(acme, password, alice) == said


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("my dog ate the red canoe", []),
        ("mydogatetheredcanoe", []),
        ("我家的猫每天早上六点叫醒全家人", []),
        ("alice-and-the-red-canoe", []),
        ("kd83-hx7-qz1-ab", []),
        ("kd83-hx7-qz1-a", [SHORT.replace("12", "15")]),
        ("passwordpassword", [COMMON]),
        ("iloveyouforever1", [COMMON]),
        ("AliceAliceAlice", [COMMON]),
        ("acme-acme-2026!", [COMMON]),
    ],
)
def test_nist_asks_for_length_and_for_nothing_that_many_have(
    acme: Tenant, alice: User, password: str, said: list[str]
) -> None:
    prefer(acme, "nist")
    assert faults(acme, password, alice) == said


def test_the_policy_of_whoever_is_bound_counts(acme: Tenant, globex: Tenant, catalog: None) -> None:
    prefer(globex, "nist")
    assert faults(acme, GOOD) == []
    assert faults(globex, GOOD) == [SHORT.replace("12", "15")]
    with bound_to(CATALOG):  # operators, too
        validate_password(GOOD)
        with pytest.raises(ValidationError, match="at least 12 characters"):
            validate_password(GOOD[:11])


def test_a_chinese_name_of_two_characters_is_a_name(acme: Tenant, alice: User) -> None:
    alice.name = "王静"
    assert faults(acme, "Kd83-王静-qz1!", alice) == [PERSONAL]


def test_a_megabyte_is_refused_before_anybody_hashes_or_searches_it(acme: Tenant, alice: User) -> None:
    too_long = ["This password is too long: 1,000 characters are enough."]
    assert faults(acme, "Aa1!" * 250_000, alice) == too_long
    assert faults(acme, "Kd83-hx7-" * 111 + "qz", alice) == too_long
    assert faults(acme, "Kd83-hx7-" * 111 + "q", alice) == []
    assert LONGEST == 1000


@pytest.mark.parametrize(
    ("typed", "again"),
    [("Zoë-Zoë-83-hx", "Zoe\u0308-Zoe\u0308-83-hx"), ("Ｋｄ83-hx7-qz1", "Kd83-hx7-qz1")],
    ids=["one character or two", "full width"],
)
def test_the_same_password_from_another_keyboard_is_the_same(
    acme: Tenant, alice: User, typed: str, again: str
) -> None:
    assert typed != again
    assert one_form(typed) == one_form(again)
    with bound_to(acme):
        alice.set_password(typed)
        alice.save()
        assert User.objects.get(pk=alice.pk).check_password(again)


def test_spaces_around_a_password_are_part_of_it(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        alice.set_password(f" {GOOD} ")
        alice.save()
        assert not alice.check_password(GOOD)
        assert alice.check_password(f" {GOOD} ")


def had(person: User, *passwords: str) -> None:
    for password in passwords:
        person.set_password(password)
        person.save()


@pytest.mark.slow
def test_the_last_ten_dont_come_back_and_the_eleventh_does(acme: Tenant, alice: User) -> None:
    earlier = [f"Kd83-{letter}x7-qz!" for letter in "abcdefghijk"]
    with bound_to(acme):
        had(alice, *earlier)
        assert alice.former_passwords.count() == 10
    words = "You have had this password before. Choose one that isn't among your last 10."
    assert [faults(acme, password, alice) for password in earlier] == [[], *[[words]] * 10]


def test_nist_minds_the_present_one_only(acme: Tenant, alice: User) -> None:
    prefer(acme, "nist")
    with bound_to(acme):
        had(alice, "my dog ate the red canoe", "my cat ate the red canoe")
    assert faults(acme, "my dog ate the red canoe", alice) == []
    assert faults(acme, "my cat ate the red canoe", alice) == [
        "This is your present password: choose another one."
    ]


def test_somebody_elses_former_password_is_free(acme: Tenant, alice: User, bob: User) -> None:
    with bound_to(acme):
        had(bob, GOOD, "Other-hx7-qz1")
    assert faults(acme, GOOD, alice) == []


def test_former_passwords_are_hashes(acme: Tenant, alice: User) -> None:
    with bound_to(acme):
        had(alice, GOOD, "Other-hx7-qz1")
        kept = [*alice.former_passwords.values_list("password", flat=True)]
    assert len(kept) == 2
    assert all(each.startswith("argon2$argon2id$") for each in kept)
