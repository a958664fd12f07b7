"""Codes of a device: the one place where they are looked at, and an event for each answer."""

from accounts.limits.counting import take
from accounts.models import User
from accounts.second_factor.owing import device_of
from accounts.second_factor.verdicts import Said, Verdict
from audit.recording import record

TABLE = User._meta.db_table


def verify_code(person: User, code: str, *, at_home: bool = False) -> Verdict:
    """Whether `code` is what the person's device shows now. For whoever has proved the password, or is signed in.

    Outside of any transaction: a wrong code is counted whatever becomes of the request. Raises RuntimeError inside
    of one. `at_home`: in a browser that the person used before, which has tries of its own, so that wrong codes that
    somebody else types don't shut the person out.
    """
    device = device_of(person)
    past_the_wait = at_home and not take("code-in-a-known-browser", "person", str(person.pk)).wait
    verdict = device.judge(code, past_the_wait=past_the_wait) if device else Verdict(Said.NO_DEVICE)
    if verdict.is_right:
        record("accounts.factor_given", subject=TABLE, object_id=person.pk, name=person.name)
    elif verdict.said is Said.WAIT:
        record("accounts.factor_closed", "refused", subject=TABLE, object_id=person.pk, name=person.name)
    else:
        record("accounts.factor_given", "refused", subject=TABLE, object_id=person.pk, name=person.name)
    return verdict
