"""Which customer this thread of execution works for. Nothing reaches a database without it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

from django.db import connections

from tenants.exceptions import BoundElsewhere, NoTenantBound, OpenTransaction
from tenants.places import CATALOG, Place

if TYPE_CHECKING:
    from tenants.backend.base import DatabaseWrapper

__all__ = [
    "CATALOG",
    "bind",
    "bound_alias",
    "bound_connection",
    "bound_place",
    "bound_tenant",
    "bound_to",
    "in_catalog",
    "is_bound",
    "open_here",
    "unbind",
]


T = TypeVar("T")


class Bindable(Protocol):
    """A tenant, or a bare place."""

    @property
    def place(self) -> Place: ...


class Bound(NamedTuple):
    """Whom the work is for, and the place as it was when the work began."""

    target: Bindable
    place: Place


_bound: ContextVar[Bound | None] = ContextVar("amana_bound", default=None)
_thread = threading.local()


def open_here() -> set[str]:
    """The aliases whose connection wrapper this thread holds."""
    if not hasattr(_thread, "aliases"):
        _thread.aliases = set()
    return cast("set[str]", _thread.aliases)


@contextmanager
def bound_to(target: Bindable) -> Iterator[None]:
    """Work for `target` (a tenant, or CATALOG) inside the block, and for nobody after it.

    Again for the same place it changes nothing. Raises BoundElsewhere inside another's binding; OpenTransaction
    where that one has a transaction open besides.
    """
    if _already_bound_to(target.place):
        yield
        return
    bind(target)
    try:
        yield
    finally:
        unbind()


def in_catalog(work: Callable[[], T]) -> T:
    """What `work` returns, done bound to the catalog while the binding here, and its transaction, wait unchanged.

    For what must be noted at once and stay, whatever becomes of the transaction here. The catalog alone can be
    reached like this, never another tenant.
    """
    if _already_bound_to(CATALOG):
        return work()
    return copy_context().run(_bound_to_catalog_only, work)


def _bound_to_catalog_only(work: Callable[[], T]) -> T:
    _bound.set(None)
    with bound_to(CATALOG):
        return work()


def bind(target: Bindable) -> None:
    """Bind without a block, for callers that end it later (a streaming response); they owe an `unbind()`."""
    bound = _bound.get()
    if bound is not None:
        refuse = OpenTransaction if _in_transaction(bound.place.alias) else BoundElsewhere
        raise refuse(f"Bound to {bound.place.alias}: can't bind to {target.place.alias} inside it.")
    _bound.set(Bound(target, target.place))


def unbind() -> None:
    """End the binding, if any; its connection goes back to the pool, rolled back where left in mid-air."""
    bound = _bound.get()
    if bound is None:
        return
    try:
        _settle(bound.place.alias)
    finally:
        _bound.set(None)
        leave_thread(bound.place.alias)


def _settle(alias: str) -> None:
    """While it may still be used."""
    if alias in open_here():
        cast("DatabaseWrapper", connections[alias]).settle()


def leave_thread(alias: str) -> None:
    """Take this thread's connection wrapper of `alias` away, so that nothing can find it by name."""
    if alias in open_here():
        connection = cast("DatabaseWrapper", connections[alias])
        del connections[alias]
        open_here().discard(alias)
        connection.leave()


def is_bound() -> bool:
    return _bound.get() is not None


def bound_place() -> Place:
    """The place bound now. Raises NoTenantBound."""
    return _required().place


def bound_alias() -> str:
    """The alias bound now: the name of a tenant's database, or "catalog". Raises NoTenantBound."""
    return _required().place.alias


def bound_connection() -> "DatabaseWrapper":
    """This thread's connection to what is bound now. Raises NoTenantBound."""
    return cast("DatabaseWrapper", connections[bound_alias()])


def bound_tenant() -> Any:
    """The tenant bound now, or None where the catalog (or a bare place) is. Raises NoTenantBound."""
    target = _required().target
    return None if isinstance(target, Place) else target


def _required() -> Bound:
    bound = _bound.get()
    if bound is None:
        raise NoTenantBound("No tenant is bound: wrap this in `with bound_to(tenant):`.")
    return bound


def _already_bound_to(place: Place) -> bool:
    bound = _bound.get()
    return bound is not None and bound.place == place


def _in_transaction(alias: str) -> bool:
    return alias in open_here() and bool(connections[alias].in_atomic_block)
