"""Who acts, why, and in answer to which request: said to PostgreSQL at the start of every transaction."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from audit.addresses import normal

ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Acting:
    """`actor` is "anonymous", or kind:name such as user:<id>, operator:<id>, system:<what>, command:<name>."""

    actor: str
    request: str = ""
    ip: str = ""
    reason: str = ""


_acting: ContextVar[Acting | None] = ContextVar("amana_acting", default=None)


@contextmanager
def acting(actor: str, *, request: str = "", ip: str = "", reason: str = "") -> Iterator[None]:
    """Whatever is written inside the block, `actor` did. Inside another's block it takes over for a while."""
    with acting_like(Acting(actor, request, normal(ip), reason)):
        yield


@contextmanager
def acting_like(acting: Acting) -> Iterator[None]:
    token = _acting.set(acting)
    try:
        yield
    finally:
        _acting.reset(token)


def act_as(actor: str) -> None:
    """From here on it is `actor`, to the end of the enclosing block: somebody has signed in or out.

    Raises LookupError where nobody acts.
    """
    _acting.set(replace(acting_now(), actor=actor))


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Inside, whoever acts goes on acting, for this reason. Raises LookupError where nobody acts."""
    with acting_like(replace(acting_now(), reason=reason)):
        yield


def acting_now() -> Acting:
    """Raises LookupError where nobody acts."""
    now = _acting.get()
    if now is None:
        raise LookupError('Nobody acts: wrap this in `with acting("system:what-it-is"):`.')
    return now


def is_anyone_acting() -> bool:
    return _acting.get() is not None


def preamble() -> str | None:
    """The statement that tells PostgreSQL, for this transaction alone; None where nobody acts."""
    now = _acting.get()
    return _statement(now) if now else None


@lru_cache(maxsize=1000)
def _statement(acting: Acting) -> str:
    """No name can end the literal, whatever the session's settings: JSON can say an apostrophe without one, and an
    E'…' means the same under every standard_conforming_strings.
    """
    said = {name: value for name, value in asdict(acting).items() if value}
    literal = json.dumps(said)[1:].replace("'", r"\u0027").replace("\\", "\\\\")
    return f"SELECT set_config('amana.ctx', '{{\"at\": \"' || extract(epoch FROM now()) || E'\", {literal}', true)"  # noqa: S608
