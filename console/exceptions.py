class ConsoleRefused(Exception):
    """What an operator asked for is refused, in words for them."""


class BreakGlassRefused(ConsoleRefused):
    """A visit can't be asked for, seconded, begun or withdrawn like that."""


class RecoveryRefused(ConsoleRefused):
    """An owner can't be recovered like that."""
