"""What sealing refuses, and what it finds."""


class SealError(Exception):
    """Something is wrong with the seal of a log, or with who asks for it."""


class SealerMissing(SealError):
    """This process doesn't hold the sealer's credential."""


class SealingElsewhere(SealError):
    """Another sealer is at work in this database."""


class AnchorContradicted(SealError):
    """A database says something else than was anchored outside of it: nothing is sealed until somebody has looked."""


class LogUnfinished(SealError):
    """What an old database still holds of a log can't be carried over into the restored one."""
