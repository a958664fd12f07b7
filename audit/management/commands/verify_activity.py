"""verify_activity: is every event of every log as it was sealed, and is everything sealed in time?"""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from psycopg import Error

from audit.exceptions import SealError
from audit.rounds import places
from audit.verifying import Report, verify
from audit.watching import allowed_lag, troubles_of
from tenants.binding import CATALOG, bound_to
from tenants.commands import FleetCommand, find_tenant_by_slug
from tenants.models import Tenant
from tenants.places import Place


class Command(FleetCommand):
    help = (
        "Read every activity log again (one with --tenant SLUG, the platform's own with --catalog) and compare it with"
        " its seals and anchors. Exit code 1 where anything was changed or isn't sealed in time, or the sealer is in"
        " trouble."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--slug", default="", help="what --tenant sets")
        parser.add_argument("--only-catalog", action="store_true", help="what --catalog sets")

    def work(self, say: Callable[[str], None], **options: Any) -> None:
        reports, failed = {}, {}
        chosen = _chosen(options)
        for name, place in chosen:
            try:
                reports[name] = verify(place, (lambda _: None) if options["json"] else say)
            except (Error, SealError) as error:
                failed[name] = str(error).partition("\n")[0]
            if not options["json"]:
                say(f"{name}: {in_words(reports[name]) if name in reports else failed[name]}")
        if options["json"]:
            say(
                json.dumps(
                    {
                        "logs": {name: as_json(report) for name, report in reports.items()},
                        "failed": failed,
                        "alarms": _troubles(chosen),
                    },
                    indent=2,
                )
            )
        _refuse(reports, failed, _troubles(chosen))


def _chosen(options: dict[str, Any]) -> list[tuple[str, Place]]:
    if options["only_catalog"]:
        return [("catalog", CATALOG)]
    if options["slug"]:
        return [(options["slug"], find_tenant_by_slug(options["slug"]).place)]
    with bound_to(CATALOG):
        slugs = dict(Tenant.objects.values_list("schema_name", "slug"))
    return [(slugs.get(place.database, place.database), place) for place in places()]


def _troubles(chosen: list[tuple[str, Place]]) -> list[str]:
    """Of the sealer: a log that nothing was written to is in order, and yet nobody would seal the next event."""
    with bound_to(CATALOG):
        return [trouble.says for trouble in troubles_of([place.database for _, place in chosen])]


def in_words(report: Report) -> str:
    compared = ", ".join(f"{where} {number}" for where, number in report.compared.items())
    if report.wrong:
        return f"{report.wrong} (compared: {compared})"
    dropped = (
        f", {report.dropped_batches} of them of months that have ended" if report.dropped_batches else ""
    )
    oldest = f" (oldest {report.lag_seconds:.0f} s ago)" if report.unsealed else ""
    return (
        f"{report.events} events in {report.batches} batches{dropped} are as they were sealed,"
        f" {report.unsealed} not yet sealed{oldest} (compared: {compared})"
    )


def as_json(report: Report) -> dict[str, Any]:
    return {**asdict(report), "is_late": is_late(report)}


def is_late(report: Report) -> bool:
    return report.lag_seconds > allowed_lag().total_seconds()


def _refuse(reports: dict[str, Report], failed: dict[str, str], troubles: list[str]) -> None:
    wrong = [name for name, report in reports.items() if report.wrong]
    late = [name for name, report in reports.items() if is_late(report)]
    said = [
        ("Not as it was sealed", wrong),
        (f"Not sealed within {allowed_lag().total_seconds():.0f} seconds", late),
        ("Not verified", [*failed]),
    ]
    sentences = [f"{what}: {', '.join(names)}." for what, names in said if names] + troubles
    if sentences:
        raise CommandError(" ".join(sentences))
