"""rebuild_catalog: after the catalog was lost, from its newest copy or from the manifests of everybody's copies."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backups.exceptions import BackupError
from backups.keeping.hold_notes import read_hold_notes
from backups.models import RecoveryKey
from backups.recovery_keys.escrow import restore_escrow
from backups.restoring.catalog_copy import (
    catch_up_with_anchors,
    identity_from,
    load_catalog,
    manifests,
    refuse_unless_lost,
    set_storage_aside,
)
from backups.restoring.rebuilding import Found, rebuild
from backups.storage import open_store
from tenants.binding import CATALOG, bound_to
from tenants.templating import forget_lost_templates

BY_HAND = (
    "Anchors of what is lost lie in the storage: move anchors/catalog/ to another name with its own tools."
)


class Command(BaseCommand):
    help = (
        "Rebuild a catalog that was lost: run prepare first, with nobody at work. With --identity, or --escrow and"
        " --recovery-key, its newest copy is loaded; with --from-manifests alone, tenants and copies are found again in"
        " the storage. What belongs to nobody is listed. Only where AMANA_PROVISIONER_URL and the storage are."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own declaration

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from-manifests", action="store_true", help="without a copy of the catalog")
        parser.add_argument("--identity", type=Path, help="a file with the identity of the catalog's copies")
        parser.add_argument("--escrow", type=Path, help="the newest escrow of recovery keys")
        parser.add_argument("--recovery-key", type=Path, help="a file with one of the offline recovery keys")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self._rebuild(options)
        except BackupError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except OSError as error:
            said = f"{error.filename} can't be read: {error.strerror}." if error.filename else str(error)
            raise CommandError(said, returncode=2) from error

    def _rebuild(self, options: dict[str, Any]) -> None:
        refuse_unless_lost()
        store = open_store("reader")
        found, holds = manifests(store), read_hold_notes(store)
        if not options["from_manifests"]:
            self._load(found, options)
        forget_lost_templates()
        told = rebuild(found, holds)
        if options["escrow"]:
            self._put_keys_back(options["escrow"])
        aside = catch_up_with_anchors()
        if aside:
            self.stdout.write(
                f"What the platform's log held after the copy is lost; its anchors are in {aside}."
            )
        self._set_storage_aside()
        self._tell(told)

    def _load(self, found: list[dict[str, Any]], options: dict[str, Any]) -> None:
        newest = next((manifest for manifest in reversed(found) if manifest["tenant"] is None), None)
        if newest is None:
            raise CommandError("There is no copy of the catalog: use --from-manifests.", returncode=2)
        said = (options["identity"], options["escrow"], options["recovery_key"])
        load_catalog(newest, identity_from(*said, newest["key_version"]))
        self.stdout.write(f"The catalog is as of {newest['snapshot_at']}.")

    def _put_keys_back(self, escrow: Path) -> None:
        """A key that prepare made for the new catalog has encrypted nothing yet."""
        with bound_to(CATALOG):
            RecoveryKey.objects.filter(tenant=None, destroyed_at=None).delete()
        put_back, left_out = restore_escrow(escrow)
        self.stdout.write(f"{put_back} recovery keys were put back, {left_out} left out.")

    def _set_storage_aside(self) -> None:
        """The catalog is there again, whether or not this succeeds."""
        try:
            name = set_storage_aside()
        except BackupError as trouble:
            self.stdout.write(f"{trouble} {BY_HAND}")
            return
        if name:
            self.stdout.write(f"In the storage, too: its anchors are in {name}.")

    def _tell(self, found: Found) -> None:
        self.stdout.write(f"{len(found.tenants)} tenants found again: {', '.join(found.tenants) or 'none'}.")
        self.stdout.write(
            f"{found.copies} copies noted; none of them ends before {found.spared_until:%Y-%m-%d}."
        )
        self.stdout.write(f"{found.held} copies were put on hold again.")
        for name in found.closed:
            self.stdout.write(f"Closed, with a copy on hold: {name}")
        for name in found.closed_since:
            self.stdout.write(f"Closed since the catalog's copy, close it again: {name}")
        for name in found.without_manifest:
            self.stdout.write(f"Database without a manifest, look at it: {name}")
        for name in found.without_database:
            self.stdout.write(f"Manifest without a database, restore it: {name}")
