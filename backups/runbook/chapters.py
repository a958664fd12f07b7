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
                "Ask for the restore on the page of the copy, or in a shell, where you are asked for the code that"
                " your app shows. It has a number (ID), a purpose and a reason. Somebody else agrees on its page. Then"
                " it is begun, there or here: the workers restore and lending must run."
            ),
            typed=(
                "./manage.py restore --tenant SLUG --latest --purpose mistake --reason 'WHY' --as EMAIL\n"
                "./manage.py restore --tenant SLUG --begin ID --as EMAIL"
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
            typed="./manage.py restore --tenant SLUG --put-in-force ID --confirm SLUG --as EMAIL",
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
                " Where our key was replaced, the former ones stand after it, and one of them must verify."
                " Compare the keys in this command with those that were printed before the accident: whoever could"
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
                "Without any copy of the catalog, from the manifests alone. Everybody comes back suspended and under"
                " their short name: look at each, then open it. What operators set is lost, and so are they: invite"
                " one."
            ),
            typed=(
                "./manage.py rebuild_catalog --from-manifests --escrow ESCROW\n"
                "./manage.py resume_tenant SLUG\n"
                "./manage.py create_owner --catalog EMAIL NAME --reason 'The catalog was lost'"
            ),
        ),
        Step(
            _(
                "It lists what belongs to nobody: a person decides about that. Copies on hold are so again, and none"
                " that it noted ends within thirty days. Then start everything again, and see that every log is as it"
                " was sealed."
            ),
            typed="./manage.py verify_activity",
        ),
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
                "The key that signs manifests, or the one that signs reports of drills: make a new one. The public half"
                " from before stays after the new one, with a comma between (AMANA_MANIFEST_PUBLIC_KEY=NEW,OLD):"
                " whoever leaves it out takes every copy from before for damaged. Tell every process the public halves"
                " first, then the worker its private one. Then print this runbook anew."
            ),
            typed=(
                "./manage.py init_recovery_keys --replace manifest\n"
                "./manage.py init_recovery_keys --replace report"
            ),
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
                "Get: a machine with PostgreSQL and Amana's code, the storage of the copies, the newest escrow of"
                " recovery keys and the newest of the key store, one offline key, and the environment of the old"
                " machine. Whatever of the environment is new, four things must be the old ones: AMANA_MASTER_KEY;"
                " AMANA_IDENTITY_KEY with its public half; AMANA_MANIFEST_PUBLIC_KEY; AMANA_REPORT_PUBLIC_KEY. The last"
                " two may stand after a new one (below). First check one copy as a stranger would (above), up to the"
                " objects."
            )
        ),
        Step(
            _(
                "PostgreSQL first, as its superuser (PGHOST and PGUSER say where and who). It asks for six passwords,"
                " new ones or the old, which stand in the addresses of the environment (AMANA_…_URL):"
            ),
            block="bootstrap",
        ),
        Step(
            _(
                "Where the key of the drill worker is gone, make a new one. That worker then holds the new one and an"
                " offline key after it, with a comma between (AMANA_DRILL_KEY=NEW,OFFLINE), until the last step."
                " Where a key that signs is gone (AMANA_MANIFEST_KEY, AMANA_REPORT_KEY), make a new one likewise, with"
                " --replace manifest or --replace report: every process is then told the new public half and, after a"
                " comma, the old. Otherwise leave this out."
            ),
            typed="./manage.py init_recovery_keys --replace drill",
        ),
        Step(
            _(
                "The key store, then the catalog from its newest copy, which must be there: without one, each tenant"
                " is restored as a stranger would. Nobody works meanwhile. ESCROW_OF_KEYS is of the key store, ESCROW"
                " of the recovery keys. It lists every tenant as one without a database: they come next."
            ),
            typed=(
                "./manage.py restore_escrow ESCROW_OF_KEYS\n"
                "./manage.py prepare --no-demo\n"
                "./manage.py rebuild_catalog --escrow ESCROW --recovery-key OFFLINE"
            ),
        ),
        Step(
            _(
                "Start everything: web, workers, beat. Operators sign in as they did. Then each tenant, the most"
                " important first: ask, have somebody else agree on the restore's page, begin, and put it in force."
                " Its log begins anew with what the copy has of it. Sites whose database isn't there yet answer 503"
                " meanwhile."
            ),
            typed=(
                "./manage.py restore --tenant SLUG --latest --purpose disaster --reason 'Machine lost' --as EMAIL\n"
                "./manage.py restore --tenant SLUG --begin ID --as EMAIL\n"
                "./manage.py restore --tenant SLUG --put-in-force ID --confirm SLUG --as EMAIL"
            ),
        ),
        Step(
            _(
                "Look after it: every wall stands, everybody has a new copy, a drill of one is made today, and the"
                " alarms are quiet. Where the drill worker has a new key, wrap all for it, then take the offline key"
                " from it."
            ),
            typed=(
                "./manage.py check_isolation\n"
                "./manage.py backup_now --all\n"
                "./manage.py drill --tenant SLUG\n"
                "./manage.py rotate_recovery_keys --recipients"
            ),
        ),
    ),
)
ARCHIVED = Chapter(
    "archived",
    _("An archived copy is to be read"),
    (
        Step(
            _(
                "What a law has us keep lies in the storage, sealed for the two offline keys that were in force then:"
                " its page names them, and they are kept as long as it is, also once there are newer ones. It is made"
                " on the page Archived copies, or in a shell, before the customer is closed:"
            ),
            typed="./manage.py archive --tenant SLUG --reason 'WHY' --until DATE --as EMAIL",
        ),
        Step(
            _(
                "Ask for it on its page, with a purpose and a reason. Somebody else agrees. Three days later it can be"
                " fetched there, once and within a day, still sealed. Where nothing of Amana is left, it lies in the"
                " storage as archived/TENANT/DAY-NUMBER.zip.age; DAY is the last on which it is kept."
            )
        ),
        Step(
            _(
                "You need: bash, age, Python 3; the file; and one of the two keys it is sealed for. Work where nobody"
                " else does, on a disk that you may wipe. Put in what is yours:"
            ),
            block="archived-settings",
        ),
        Step(_("Is it the file that was sealed? It must say OK."), block="archived-whole"),
        Step(
            _("Open it. The folder archived has all data in plain; its README says what is what."),
            block="archived-opened",
        ),
    ),
)
CHAPTERS = (WITHOUT_AMANA, WITH_AMANA, ARCHIVED, LOST_CATALOG, LOST_KEYS, LOST_MACHINE)
