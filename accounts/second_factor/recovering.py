"""Ten codes for whoever has lost the device: each is good once, and only a keyed hash of it is kept."""

import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.letters.sending import send_letter
from accounts.models import RecoveryCode, User
from audit.recording import record

TABLE = User._meta.db_table
HOW_MANY = 10
# Crockford's base32: no letter that is taken for a digit. 24 of them are 120 bits, more than the 112 that NIST SP
# 800-63B (3.1.2.2) asks of secrets that need no throttle.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 24
GROUP = 4
MISREAD = str.maketrans("oil", "011", "- ")


@transaction.atomic
def make_codes(person: User) -> list[str]:
    """Ten new ones, to be shown once; those from before are worthless from now on."""
    User.objects.select_for_update().get(pk=person.pk)
    person.recovery_codes.all().delete()
    made = [_grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH))) for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=person, digest=_digest(person, code)) for code in made]
    )
    record("accounts.recovery_codes_made", subject=TABLE, object_id=person.pk, name=person.name)
    return made


def use_code(person: User, typed: str) -> bool:
    """Whether it is one of the person's that wasn't used yet: now it is. Of two requests at once one is right."""
    unused = _unused(person)
    if unused.filter(digest=_digest(person, typed)).update(used_at=timezone.now()) != 1:
        record("accounts.recovery_code_used", "refused", subject=TABLE, object_id=person.pk, name=person.name)
        return False
    left = unused.count()
    record("accounts.recovery_code_used", subject=TABLE, object_id=person.pk, name=person.name, number=left)
    send_letter(person, "recovery-code-used", left=left)
    return True


def codes_left(person: User) -> int:
    return _unused(person).count()


def are_theirs(person: User, codes: list[str]) -> bool:
    """Whether these, which somebody was shown before, are the person's and still good."""
    digests = {_digest(person, code) for code in codes}
    return bool(digests) and _unused(person).filter(digest__in=digests).count() == len(digests)


def _unused(person: User) -> QuerySet[RecoveryCode]:
    return RecoveryCode.objects.filter(user=person, used_at=None)


def _digest(person: User, code: str) -> str:
    """HMAC-SHA-256 by the bound tenant's key, of the person and the code however it was typed."""
    bare = "".join(code.lower().split()).translate(MISREAD)
    return salted_hmac("accounts.recovery_code", f"{person.pk}:{bare}", algorithm="sha256").hexdigest()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))
