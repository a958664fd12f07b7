"""Runs Django's suite in databases that are there already, bound to one of them, and writes down each outcome."""

# ruff: noqa: N802 - unittest's own names

import json
import os
from pathlib import Path
from typing import Any
from unittest import TestCase, TextTestResult

from django.core.cache.backends import redis
from django.core.management import call_command, sql
from django.db import connections
from django.db.backends.postgresql.features import DatabaseFeatures
from django.db.models import Model
from django.test import testcases
from django.test.runner import DiscoverRunner
from django_suite_settings import OURS, PLACES

from tenants.binding import bind, bound_alias
from tenants.cache import TenantCache
from tenants.routing import BoundRouter

if OURS:
    bind(PLACES[0])
    redis.RedisCache = TenantCache  # type: ignore[misc]


class Outcomes(TextTestResult):
    """The worst that happened to each test, subtests included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcomes: dict[str, str] = {}

    def addSuccess(self, test: TestCase) -> None:
        super().addSuccess(test)
        self.outcomes.setdefault(test.id(), "passed")

    def addSkip(self, test: TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.outcomes.setdefault(test.id(), "skipped")

    def addError(self, test: TestCase, error: Any) -> None:
        super().addError(test, error)
        self.outcomes[test.id()] = f"error ({error[0].__name__})"

    def addFailure(self, test: TestCase, error: Any) -> None:
        super().addFailure(test, error)
        self.outcomes[test.id()] = "failed"

    def addSubTest(self, test: TestCase, subtest: TestCase, error: Any) -> None:
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.outcomes[test.id()] = f"failed ({error[0].__name__})"

    def addExpectedFailure(self, test: TestCase, error: Any) -> None:
        super().addExpectedFailure(test, error)
        self.outcomes[test.id()] = "failed as expected"

    def addUnexpectedSuccess(self, test: TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self.outcomes[test.id()] = "passed unexpectedly"


class Router(BoundRouter):
    """Ours; but what lives in the suite's second database is left to itself."""

    def db_for_read(self, model: type[Model], instance: Model | None = None, **hints: Any) -> str:
        return "other" if is_other(instance) else super().db_for_read(model, instance, **hints)

    def db_for_write(self, model: type[Model], instance: Model | None = None, **hints: Any) -> str:
        return "other" if is_other(instance) else super().db_for_write(model, instance, **hints)

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        if is_other(one) or is_other(other):
            return one._state.db == other._state.db
        return super().allow_relation(one, other, **hints)


def is_other(instance: Model | None) -> bool:
    return instance is not None and instance._state.db == "other"


class ConnectionOfTheSuite:
    """The suite asks this for its alias and looks for that in the class's `databases`: it must be `default`."""

    alias = "default"

    def __getattr__(self, name: str) -> Any:
        return getattr(connections["default"], name)


testcases.connection = ConnectionOfTheSuite()
# The embedded PostgreSQL is built without ICU: the suite's models name a collation of it.
DatabaseFeatures.test_collations = dict.fromkeys(DatabaseFeatures.test_collations, "C")


def emit_post_migrate_signal(verbosity: int, interactive: bool, db: str, **context: Any) -> None:
    """Before a test the suite asks for permissions of `default`: as in the product, they are made by real alias."""
    alias = bound_alias() if OURS and db == "default" else db
    sql.emit_post_migrate_signal(verbosity, interactive, alias, **context)


testcases.emit_post_migrate_signal = emit_post_migrate_signal


class Runner(DiscoverRunner):
    def get_resultclass(self) -> type[Outcomes]:
        return Outcomes

    def setup_databases(self, **_: Any) -> None:
        """What `create_test_db` does, without creating."""
        for name, alias in (("default", bound_alias() if OURS else "default"), ("other", "other")):
            connection = connections[name]
            call_command("migrate", verbosity=0, interactive=False, database=alias, run_syncdb=True)
            connection._test_serialized_contents = connection.creation.serialize_db_to_string()
            connection.creation.mark_expected_failures_and_skips()

    def teardown_databases(self, *_: Any, **__: Any) -> None:
        """The server goes with its folder."""

    def suite_result(self, suite: Any, result: Outcomes, **kwargs: Any) -> int:
        Path(os.environ["SUITE_RESULT"]).write_text(json.dumps(result.outcomes, indent=1))
        return super().suite_result(suite, result, **kwargs)
