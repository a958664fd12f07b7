"""Once it is in force, shutting what was replaced may fail: it is gone on with, and stands in nobody's way."""

import pytest

from backups.models import Restore
from backups.restoring import swapping
from backups.restoring.tasks import look_after_restores
from tenants.binding import CATALOG, bound_to
from tests.backups.restoring.conftest import Kept
from tests.lifecycle.looking import superuser


def lets_in(database: str) -> bool:
    with superuser() as connection:
        query = "SELECT datallowconn FROM pg_database WHERE datname = %s"
        [(allows,)] = connection.execute(query, [database]).fetchall()
    return bool(allows)


def swap_of(restore: Restore) -> tuple[str, str]:
    """State of the restore, and of its swap."""
    with bound_to(CATALOG):
        now = Restore.objects.select_related("swap").get(pk=restore.pk)
        return now.state, now.swap.state if now.swap else ""


def _stumble(*_: object) -> None:
    raise ArithmeticError("on purpose")


def _away() -> None:
    raise ConnectionError("Valkey is away")


@pytest.fixture
def half_done(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Restore:
    """In force, and what it replaced isn't shut."""
    restore = kept.ready()
    monkeypatch.setattr(swapping, "_shut", _stumble)
    with pytest.raises(ArithmeticError):
        kept.swapped(restore)
    monkeypatch.undo()
    assert swap_of(restore) == ("swapped", "failed")
    return restore


def test_what_was_not_shut_is_shut_within_a_minute(kept: Kept, half_done: Restore) -> None:
    old = half_done.tenant.schema_name
    assert kept.fresh().schema_name == half_done.new_database
    assert lets_in(old)

    look_after_restores()

    assert swap_of(half_done) == ("swapped", "done")
    assert not lets_in(old)


def test_the_next_restore_is_put_in_force_and_shuts_both(
    kept: Kept, half_done: Restore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the cache away besides: what it remembers of a database that nobody is bound to harms nobody."""
    monkeypatch.setattr("backups.restoring.swapping.cache.clear", _away)

    following = kept.swapped(kept.ready())

    assert swap_of(following) == ("swapped", "done")
    assert swap_of(half_done) == ("swapped", "done")
    assert kept.fresh().schema_name == following.new_database
    assert not lets_in(half_done.tenant.schema_name)
    assert not lets_in(half_done.new_database)
