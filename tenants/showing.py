"""An operation carried out before somebody's eyes, a line a step."""

from collections.abc import Callable

from django.core.management.base import CommandError

from tenants.carrying_out import carry_out, in_words
from tenants.models import Operation, Step


def carry_out_aloud(operation: Operation, say: Callable[[str], None]) -> Operation:
    """Carry the operation out here, and say each step when it is done. Raises CommandError, saying why."""

    def tell(step: Step) -> None:
        say(f"    {step.title:<28} {step.seconds:5.2f} s")

    try:
        done = carry_out(operation.pk, tell)
    except Exception as error:
        reason = in_words(error).rstrip(".")
        raise CommandError(f"{reason}. What is done stays done: ask again to resume.") from error
    if done.state == Operation.State.FAILED:
        raise CommandError(done.error)
    return done
