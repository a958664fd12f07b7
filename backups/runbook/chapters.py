"""The words of the runbook. Each step names its commands (backups/runbook/blocks.py), if it has any."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Step:
    """`block`: a name in BLOCKS. `typed`: commands of ours, where Amana still runs."""

    words: "_StrOrPromise"
    block: str = ""
    typed: str = ""


@dataclass(frozen=True)
class Chapter:
    name: str
    title: "_StrOrPromise"
    steps: tuple[Step, ...]


WITH_AMANA = Chapter(
    "with-amana",
    _("One tenant, and Amana runs"),
    (
        Step(
            _(
                "See which copies there are, and that the one you want is whole: on the page Backups, or in a shell."
                " A copy that was drilled has been restored once already."
            ),
            typed="./manage.py backups --tenant SLUG\n./manage.py verify_backup --tenant SLUG",
        ),
        Step(
            _(
                "Ask for the restore on the page of the copy, with a purpose; a second person agrees. In a shell the"
                " same is done by two people, too."
            ),
            typed=(
                "./manage.py restore --tenant SLUG --latest --purpose mistake --reason '…'\n"
                "./manage.py restore --tenant SLUG --agree ID\n"
                "./manage.py restore --tenant SLUG --begin ID"
            ),
        ),
        Step(
            _(
                "The copy is restored beside the present database, which goes on being used. Read the comparison of"
                " both before you go on: whatever was entered since the copy is only in the present one."
            )
        ),
        Step(
            _(
                "Put it in force. The replaced database is kept for some days. Everybody signs in anew, and links that"
                " were sent before are void."
            ),
            typed="./manage.py restore --tenant SLUG --put-in-force ID",
        ),
    ),
)
WITHOUT_AMANA = Chapter(
    "without-amana",
    _("One tenant, and nothing of Amana is left"),
    (
        Step(
            _(
                "You need: bash, age, zstd, openssl 3, GNU tar; the programs of PostgreSQL, as new as the server"
                " the copy is from; a PostgreSQL server on which you may create databases (PGHOST and the like say"
                " which); the folder of the copy; one of the two offline keys, as a file; and the newest escrow of"
                " recovery keys, or the catalog. Work in an empty folder on a disk that you may wipe: the key of"
                " the copies lies there for a while. Put in what is yours:"
            ),
            block="settings",
        ),
        Step(
            _(
                "Is it the copy that was made? The signature must be right before anything else is believed."
                " Compare the key in this command with one that was printed before the accident: whoever could"
                " write into the storage could have put another text there."
            ),
            block="signature",
        ),
        Step(_("Is every object whole? Each must be OK."), block="objects"),
        Step(_("Whose copy is it, and which key opens it?"), block="whose"),
        Step(
            _("Get that key from the escrow, with the offline key:"),
            block="identity",
        ),
        Step(
            _("Or, where the catalog's database is there and no escrow, from the catalog:"),
            block="identity-from-catalog",
        ),
        Step(_("Is it that key? It must say so."), block="right-identity"),
        Step(
            _("Restore the database. It takes all, or stops at the first fault and takes nothing."),
            block="database",
        ),
        Step(_("Are all rows there? It must say so."), block="rows"),
        Step(_("Restore the files that were uploaded. The catalog's copy has none."), block="files"),
        Step(
            _(
                "Only where Amana is to work on it again: with owners and rights as they were. This must be done by a"
                " superuser, and only after the objects were found whole, since a superuser runs what stands in"
                " roles.sql. Otherwise leave it out."
            ),
            block="faithful",
        ),
        Step(_("Take the key away again."), block="afterwards"),
        Step(
            _(
                "What a column holds encrypted (such as the key of somebody's second factor) stays encrypted:"
                " that takes the key store and the master key besides."
            )
        ),
    ),
)
LOST_CATALOG = Chapter(
    "lost-catalog",
    _("The catalog is lost"),
    (
        Step(
            _(
                "Nobody works meanwhile: stop web, workers and beat. The databases of tenants are untouched, and"
                " their copies carry their own manifests. Which copies are there, of whom and of when, the storage"
                " itself says (in its folder):"
            ),
            block="newest",
        ),
        Step(
            _(
                "The catalog has copies like a tenant's, whose manifest names no tenant. Make an empty catalog,"
                " and load the newest copy. The recovery keys are in no copy: they come from their escrow."
            ),
            typed=(
                "./manage.py prepare --no-demo\n"
                "./manage.py rebuild_catalog --escrow ESCROW --recovery-key OFFLINE"
            ),
        ),
        Step(
            _(
                "Without any copy of the catalog, from the manifests alone; the settings of operators are lost then:"
            ),
            typed="./manage.py rebuild_catalog --from-manifests --escrow ESCROW",
        ),
        Step(_("It lists what belongs to nobody: a person decides about that. Then start everything again.")),
    ),
)
LOST_KEYS = Chapter(
    "lost-keys",
    _("Keys are lost"),
    (
        Step(
            _(
                "One of the two offline keys, or somebody else may have seen it: make two new ones, then wrap every"
                " recovery key for them. Escrows from before end within three days."
            ),
            typed=(
                "./manage.py init_recovery_keys --replace offline\n"
                "./manage.py rotate_recovery_keys --recipients"
            ),
        ),
        Step(
            _(
                "Both offline keys: the drill worker can still open every copy, for as long as it runs. Do the same at"
                " once. If that worker's key is lost as well, the copies are of no use to anybody: take new ones now."
            )
        ),
        Step(
            _("The table of recovery keys, or rows of it: put them back from the newest escrow."),
            typed="./manage.py restore_recovery_keys FILE",
        ),
        Step(
            _(
                "The key that signs manifests: make a new one. Copies from before are checked with the public key that"
                " was printed then, so keep that print."
            ),
            typed="./manage.py init_recovery_keys --replace manifest",
        ),
        Step(
            _(
                "The key store of encrypted columns: restore it from its own escrow, which takes the master key."
                " Without the master key these columns can't be read any more; everything else can."
            ),
            typed="./manage.py restore_escrow FILE",
        ),
    ),
)
LOST_MACHINE = Chapter(
    "lost-machine",
    _("The whole machine is lost"),
    (
        Step(
            _(
                "Get: a machine, Amana's code, the storage of the copies, the newest escrow of recovery keys, the"
                " escrow of the key store, the master key, and one offline key. First check one copy as a stranger"
                " would (above), up to the objects."
            )
        ),
        Step(
            _(
                "PostgreSQL first: a superuser runs bootstrap.sql. Then the variables of the environment: those of the"
                " old machine where you have them. Keys that are gone are made anew, and nobody is signed in any more."
            ),
            typed="./manage.py bootstrap_sql\n./manage.py init_recovery_keys",
        ),
        Step(_("The key store, then the catalog as above:"), typed="./manage.py restore_escrow FILE"),
        Step(
            _(
                "Then each tenant, the most important first: its database is restored from its newest copy, with its"
                " files. Sites whose database isn't there yet answer 503 meanwhile."
            ),
            typed="./manage.py restore --tenant SLUG --latest --purpose disaster --reason '…'",
        ),
        Step(
            _("Look after it: every tenant has a new copy, a drill is made today, and the alarms are quiet."),
            typed="./manage.py backup_now --all\n./manage.py drill",
        ),
    ),
)
CHAPTERS = (WITHOUT_AMANA, WITH_AMANA, LOST_CATALOG, LOST_KEYS, LOST_MACHINE)
