"""`archive` mirrors the page: an operator who proves who they are, and exit codes that a script can trust."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from accounts.models import TotpDevice
from backups.archiving.following import follow, in_words
from backups.models import ArchivedCopy
from tenants.binding import CATALOG, bound_to
from tenants.models import Tenant
from tests.backups.archiving.conftest import LAW, in_days
from tests.support import fleet
from tests.support.authenticator import code_for

YUSUF, MEI = "yusuf@archive.example", "mei@archive.example"
Said = tuple[int, str, str]


@pytest.fixture
def operators(catalog: None, settings: Settings) -> Iterator[None]:
    settings.AMANA_BACKUP_SILENCE_SECONDS = 0
    with bound_to(CATALOG):
        fleet.add_user(YUSUF, "Yusuf", "recovery_operator")
        fleet.add_user(MEI, "Mei", "recovery_approver")
    yield
    with bound_to(CATALOG):
        TotpDevice.objects.filter(user__email__in=[YUSUF, MEI]).delete()


def typed(tenant: Tenant, email: str, *, reason: str = LAW, until: str = "", code: str = "") -> Said:
    """Exit code, output, errors."""
    out, err = StringIO(), StringIO()
    words = ["--reason", reason, "--until", until or in_days(3650).isoformat(), "--as", email, "--json"]
    words += ["--code", code or code_for(CATALOG, email)]
    ended = 0
    try:
        with bound_to(tenant):
            call_command("archive", *words, stdout=out, stderr=err)
    except SystemExit as end:
        ended = int(str(end.code))
    return ended, out.getvalue(), err.getvalue()


@pytest.mark.usefixtures("operators", "offline")
def test_without_a_worker_it_waits_and_says_so(acme: Tenant) -> None:
    code, said, _ = typed(acme, YUSUF)
    assert code == 3
    told = json.loads(said)
    assert (told["tenant"], told["state"], told["object"]) == ("acme", "waiting", None)
    with bound_to(CATALOG):
        copy = ArchivedCopy.objects.get(pk=told["id"])
    assert (copy.reason, copy.requested_by) == (LAW, f"operator:{YUSUF}")


@pytest.mark.usefixtures("operators", "offline")
def test_whoever_may_not_or_gives_no_good_reason_day_or_code_is_refused(acme: Tenant) -> None:
    refused = [
        typed(acme, MEI),
        typed(acme, YUSUF, code="000000"),
        typed(acme, YUSUF, reason=" "),
        typed(acme, YUSUF, until="2020-01-01"),
    ]
    assert [(code, said) for code, said, _ in refused] == [(2, "")] * 4
    assert "may not do that" in refused[0][2]
    with bound_to(CATALOG):
        assert not ArchivedCopy.objects.filter(tenant=acme).exists()


def test_what_became_of_it_is_said(archived: ArchivedCopy) -> None:
    heard: list[str] = []
    ended = follow(archived.pk, heard.append)
    assert heard == [in_words(ended)]
    assert heard == [f"acme: stored as {archived.name}, SHA-256 {archived.sha256}"]
