"""An operation carried out before somebody's eyes, a line a step."""

from collections.abc import Callable

from tenants.carrying_out import carry_out
from tenants.models import Operation, Step


def carry_out_aloud(operation: Operation, say: Callable[[str], None]) -> Operation:
    """Carry the operation out here, and say each step when it is done. Raises what the step raised."""

    def tell(step: Step) -> None:
        say(f"    {step.title:<28} {step.seconds:5.2f} s")

    return carry_out(operation.pk, tell)
