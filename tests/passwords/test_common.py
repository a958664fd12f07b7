"""What the blocklist really holds, and what it leaves to people."""

import re
import secrets
import string

import pytest

from accounts.passwords.common import FILE, is_common, listed
from accounts.passwords.compiling import compile_list
from tests.house.reading import page

# Not one of these stands in the list as it is here.
VARIANTS = [
    "Password1234!",
    "P@ssw0rd2024!",
    "Pa$$word-2026",
    "Passw0rd!Passw0rd!",
    "Passwordpassword1!",
    "Welcome2024!!",
    "We1come12345!",
    "Summer2025!Summer",
    "Summer2024Winter2025!",
    "$ummer2024!!$",
    "@dmin1strator!",
    "Administrator1!",
    "Qwertyuiop123!",
    "1qaz2wsx3edc4rfv!Q",
    "zaq1ZAQ!2wsx@WSX",
    "1Q2w3E4r5T6y!!",
    "DragonMonkey123!",
    "LetMeIn123456!",
    "IloveyouForever1!",
    "Liverpool2024!!",
    "drowssap1234!",
    "MohammedMohammed1!",
    "SaudiArabia@2030",
    "January2026!!",
    "monkey monkey monkey",
    "aaaaaaaaaaaaaaa",
    "abcdefghijklmnop",
    "كلمةالسر123456789",
    "Thisismypassword!",
]
LEFT_TO_PEOPLE = [
    "Kd83-hx7-qz1!",
    "T7#kq9!zB2@mo",
    "Gv9$wq!Rt2#x",
    "xq4rt-9fkz2-pw8hn-b3mvd",
    "Correct horse battery 9!",
    "Blue kettles sing at 7 noon",
    "trombone lantern gravel 4 Moss",
    "Wenn die Katze 3mal niest!",
    "my dog ate the red canoe",
    "我家的猫每天早上六点叫醒全家人",
    "قطتي تستيقظ كل يوم في السادسة",
    "4821-7390-5527x",
]


def test_its_page_says_how_much_it_holds() -> None:
    counted = [len(listed()), *(sum(len(each) >= size for each in listed()) for size in (12, 15))]
    said = re.search(
        r"([\d,]+) lines, ([\d,]+) of them .*? ([\d,]+) with 15", page("accounts/passwords/common.md")
    )
    assert said is not None
    assert [int(number.replace(",", "")) for number in said.groups()] == counted


def test_it_is_what_its_sources_give() -> None:
    assert compile_list() == FILE.read_bytes()


@pytest.mark.parametrize(
    "password",
    ["qwertyuiop123", "correcthorsebatterystaple", "thequickbrownfoxjumpsoverthelazydog", "1qaz2wsx3edc4rfv"],
)
def test_long_ones_are_in_it(password: str) -> None:
    assert password in listed()
    assert is_common(password)


@pytest.mark.parametrize("password", VARIANTS)
def test_what_people_make_of_them_is_recognised(password: str) -> None:
    assert password not in listed()
    assert is_common(password)


@pytest.mark.parametrize("password", LEFT_TO_PEOPLE)
def test_what_nobody_would_try_is_let_be(password: str) -> None:
    assert not is_common(password)


def test_random_ones_are_let_be() -> None:
    signs = string.ascii_letters + string.digits + "!@#$%^&*-_"
    made = ["".join(secrets.choice(signs) for _ in range(12)) for _ in range(1000)]
    assert [password for password in made if is_common(password)] == []


@pytest.mark.parametrize("password", ["Globex@12345678", "Globex2026Monkey"])
def test_the_sites_own_name_is_near_at_hand(password: str) -> None:
    assert not is_common(password, near=["acme"])
    assert is_common(password, near=["globex"])
