"""A tenant's recovery key: a step of setting it up, listed in `config`."""

from backups.recovery_keys.making import ensure_recovery_key
from tenants.binding import CATALOG, bound_to
from tenants.carrying_out import step
from tenants.operations import Operation


@step("Make its recovery key")
def make_recovery_key(operation: Operation) -> None:
    with bound_to(CATALOG):
        ensure_recovery_key(operation.tenant)
