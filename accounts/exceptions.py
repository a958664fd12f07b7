class AccountsRefused(Exception):
    """What somebody asked for is refused, in words for them."""


class GrantRefused(AccountsRefused):
    """A role can't be given or taken away like that."""


class StandingRefused(AccountsRefused):
    """Somebody can't be shut out or let in again like that."""


class ChangedMeanwhile(AccountsRefused):
    """Somebody saved it after the form was opened."""
