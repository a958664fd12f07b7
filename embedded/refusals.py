"""Why embedded stops: each message is one sentence for the person at the terminal."""


class Refusal(Exception):
    """It can't go on, and the message says why and what to do."""


class Interrupted(Exception):
    """Somebody asked it to stop while it was still starting."""
