"""What other parts bring: letters and codes. This file goes as soon as both are there."""

from importlib.util import find_spec
from typing import Any

from django.utils.module_loading import import_string

from accounts.models import User


def send_letter(person: User, letter: str, **facts: str | int) -> None:
    if find_spec("accounts.letters"):
        import_string("accounts.letters.sending.send_letter")(person, letter, **facts)


def can_judge_codes() -> bool:
    return find_spec("accounts.second_factor") is not None


def verify_code(person: User, code: str) -> Any:
    return import_string("accounts.second_factor.verifying.verify_code")(person, code)
