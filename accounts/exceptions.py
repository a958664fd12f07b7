class AccountsRefused(Exception):
    """What somebody asked for is refused, in words for them."""


class GrantRefused(AccountsRefused):
    """A role can't be given or taken away like that."""


class SupportRefused(AccountsRefused):
    """A visit of an operator can't be asked for, decided, begun or ended like that."""


class RecoveryRefused(AccountsRefused):
    """An owner can't be recovered, or the recovery can't be cancelled."""
