"""The only place that writes to the terminal."""

import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TextIO


def say(text: str = "") -> None:
    _write(text, sys.stdout)


def complain(text: str) -> None:
    _write(f"amana: {text}", sys.stderr)


def _write(text: str, stream: TextIO) -> None:
    """A terminal that is gone is no reason to leave children behind."""
    with suppress(OSError):
        print(text, file=stream, flush=True)


def table(lines: Iterable[tuple[str, str]], width: int = 22) -> None:
    for left, right in lines:
        say(f"  {left:<{width}} {right}")


def stopwatch(name: str) -> Callable[[str], None]:
    """Starts a clock; the function returned says the line with the seconds it took."""
    started = time.monotonic()

    def done(word: str = "ready") -> None:
        say(f"  {name:<22} {word:<8} {time.monotonic() - started:5.1f} s")

    return done


def ask(question: str) -> bool:
    """No terminal, no answer: that is a no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False
