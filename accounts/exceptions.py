class AccountsRefused(Exception):
    """What somebody asked for is refused, in words for them."""


class GrantRefused(AccountsRefused):
    """A role can't be given or taken away like that."""


class TooOften(AccountsRefused):
    """Something was tried too often. `wait`: in how many seconds it may be tried again."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class UnlockRefused(AccountsRefused):
    """Somebody can't be let try again like that."""
