class AccountsRefused(Exception):
    """What somebody asked for is refused, in words for them."""


class RoleRefused(AccountsRefused):
    """A role can't be made, changed or deleted like that."""


class RoleChangedMeanwhile(RoleRefused):
    """Somebody else saved this role after the editor was opened."""


class ReviewRefused(AccountsRefused):
    """An access review can't be started, decided or ended like that."""


class GrantRefused(AccountsRefused):
    """A role can't be given or taken away like that."""


class InvitationRefused(AccountsRefused):
    """Somebody can't be invited, or an invitation can't be changed."""


class PasswordRefused(AccountsRefused):
    """A password can't be changed like that."""
