class AccountsRefused(Exception):
    """What somebody asked for is refused, in words for them."""


class GrantRefused(AccountsRefused):
    """A role can't be given or taken away like that."""


class FactorRefused(AccountsRefused):
    """A second factor can't be set up, removed or reset like that."""
