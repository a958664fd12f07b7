"""What a set-password link proves: whose it is, that it is young enough, and that none was sent after it.

A token ends with the password it was made before (so it works once), with the address it was sent to, with the next
sign-in, and with `User.link_epoch`, which grows when another link is sent or an invitation is withdrawn.
"""

from datetime import timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from accounts.models import User

INVITATION_LASTS = timedelta(hours=72)  # settings.PASSWORD_RESET_TIMEOUT, Django's upper end for any token
RESET_LASTS = timedelta(hours=1)


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens of one purpose, which are worthless for another one."""

    def __init__(self, purpose: str, lasts: timedelta) -> None:
        super().__init__()
        self.key_salt, self.lasts = f"accounts.{purpose}", lasts

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.link_epoch}"

    def check_token(self, user: User | None, token: str | None) -> bool:
        if user is None or token is None or not super().check_token(user, token):
            return False
        made = base36_to_int(token.partition("-")[0])
        return self._num_seconds(self._now()) - made <= self.lasts.total_seconds()


INVITATIONS = LinkTokens("invitation", INVITATION_LASTS)
RESETS = LinkTokens("reset", RESET_LASTS)


class TokensOfLinks:
    """Of whoever has no password yet only an invitation holds, of everybody else only a reset."""

    def make_token(self, user: User) -> str:
        return _tokens_for(user).make_token(user)

    def check_token(self, user: User | None, token: str) -> bool:
        return user is not None and _tokens_for(user).check_token(user, token)


def _tokens_for(user: User) -> LinkTokens:
    return RESETS if user.has_usable_password() else INVITATIONS


LINKS = TokensOfLinks()
