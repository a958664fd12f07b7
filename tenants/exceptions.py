"""What the tenancy layer refuses, as a tree: catch the root, read the leaf."""


class TenancyError(Exception):
    """Something would have reached the wrong database, or none."""


class NoTenantBound(TenancyError):
    """Work that needs a tenant ran without one: wrap it in `bound_to(tenant)`."""


class CrossTenantError(TenancyError):
    """An object, alias or value of one tenant was used while bound to another."""


class BoundElsewhere(CrossTenantError):
    """`bound_to` met another binding: leave that one first."""


class OpenTransaction(BoundElsewhere):
    """`bound_to` met another binding with a transaction open: its end would come too late or too early."""


class WrongDatabase(TenancyError):
    """The database's signed identity row isn't the one that the catalog expects."""


class ConnectionsBusy(TenancyError):
    """No connection became free within the deadline; the caller should try again shortly."""


class ForgedEnvelope(TenancyError):
    """A task's tenant envelope is missing, altered, or of another task."""


class WorkerEnds(TenancyError):
    """The worker was told to end: another one goes on with what it had in hand."""


class TenantUnavailable(TenancyError):
    """The tenant is not in a state that lets this work run."""
