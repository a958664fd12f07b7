from typing import ClassVar


class AccountsRefused(Exception):
    """What somebody asked for is refused, in words for them. `status`: how a page that says so is answered."""

    status: ClassVar[int] = 409


class RoleRefused(AccountsRefused):
    """A role can't be made, changed or deleted like that."""


class RoleChangedMeanwhile(RoleRefused):
    """Somebody else saved this role after the editor was opened."""


class ReviewRefused(AccountsRefused):
    """An access review can't be started, decided or ended like that."""


class GrantRefused(AccountsRefused):
    """A role can't be given or taken away like that."""


class FactorRefused(AccountsRefused):
    """A second factor can't be set up, removed or reset like that."""


class SupportRefused(AccountsRefused):
    """A visit of an operator can't be asked for, decided, begun or ended like that."""


class RecoveryRefused(AccountsRefused):
    """An owner can't be recovered, or the recovery can't be cancelled."""


class InvitationRefused(AccountsRefused):
    """Somebody can't be invited, or an invitation can't be changed."""


class PasswordRefused(AccountsRefused):
    """A password can't be changed like that."""


class StandingRefused(AccountsRefused):
    """Somebody can't be shut out or let in again like that."""


class SettingRefused(AccountsRefused):
    """A setting can't be changed by whoever lacks what it gives away."""

    status = 403


class ChangedMeanwhile(AccountsRefused):
    """Somebody saved it after the form was opened."""


class TooOften(AccountsRefused):
    """Something was tried too often. `wait`: in how many seconds it may be tried again."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class UnlockRefused(AccountsRefused):
    """Somebody can't be let try again like that."""
