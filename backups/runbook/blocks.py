"""The commands of the runbook, for bash: nothing of Amana's runs in them, but where a server is made anew.

Tests run every one of them as it is printed.
"""

from collections.abc import Mapping

from backups.signatures import named_keys

# SPKI of Ed25519 (RFC 8410) before the key itself: both in base64, so that the two can stand side by side.
ED25519 = "MCowBQYDK2VwAyEA"
NAMED_BY_YOU = """\
export COPY=/mnt/backups/DATABASE/FOLDER
export ESCROW=/mnt/escrow/recovery-keys-NEWEST.escrow
export OFFLINE=/media/usb/offline.key
export TARGET=restored
set -o pipefail; umask 077"""
SIGNATURE = """\
base64 -d "$COPY/manifest.sig" > manifest.sig
unset SIGNED
for key in {public_keys}; do
  printf '%s\\n' '-----BEGIN PUBLIC KEY-----' "$key" '-----END PUBLIC KEY-----' > amana.pem
  if openssl pkeyutl -verify -pubin -inkey amana.pem -rawin -in "$COPY/manifest.json" -sigfile manifest.sig
  then SIGNED=yes; fi
done
: "${SIGNED:?None of our keys signed it: believe nothing of it}\""""
OBJECTS = """\
awk -F'"' '/^  "[^"]+": \\{/ { name = $2 } /^   "sha256":/ { print $4 "  " name }' \\
  "$COPY/manifest.json" > objects.sha256
(cd "$COPY" && sha256sum -c -) < objects.sha256"""
WHOSE = """\
export TENANT=$(sed -n 's/^ "tenant": "\\{0,1\\}\\([^",]*\\).*/\\1/p' "$COPY/manifest.json")
export VERSION=$(sed -n 's/^ "key_version": \\([0-9]*\\).*/\\1/p' "$COPY/manifest.json")
sed -n 's/^  "server": \\([0-9]*\\).*/It needs PostgreSQL \\1 or newer, and pg_restore of that./p' \\
  "$COPY/manifest.json\""""
FROM_ESCROW = """\
grep "\\"tenant\\": \\"\\{0,1\\}$TENANT\\"\\{0,1\\}, \\"version\\": $VERSION," "$ESCROW" \\
  | sed 's/.*"wrapped": "\\([^"]*\\)".*/\\1/' | base64 -d | age -d -i "$OFFLINE" > identity.key"""
IS_IT = """\
test "$(age-keygen -y identity.key)" = "$(sed -n 's/^ "recipient": "\\(.*\\)",$/\\1/p' "$COPY/manifest.json")" \\
  && echo "It is the key of this copy."\
"""
FROM_CATALOG = """\
psql -X -At -v tenant="$TENANT" -v version="$VERSION" catalog > wrapped.b64 <<'SQL'
SELECT encode(wrapped, 'base64') FROM backups_recoverykey
WHERE coalesce(tenant_id::text, 'null') = :'tenant' AND version = :version
SQL
base64 -d wrapped.b64 | age -d -i "$OFFLINE" > identity.key"""
DATABASE = """\
createdb --template=template0 --encoding=UTF8 "$TARGET"
age -d -i identity.key "$COPY/database.dump.zst.age" | zstd -d \\
  | pg_restore --no-owner --no-acl --exit-on-error --single-transaction -d "$TARGET\""""
ROWS = """\
awk -F'"' '/^  "[^"]+": \\{/ { name = $2 } /^   "rows":/ { gsub(/[^0-9]/, "", $3); print name, $3 }' \\
  "$COPY/manifest.json" | LC_ALL=C sort > rows.expected
psql -X -At -F ' ' "$TARGET" > rows.found <<'SQL'
SELECT format('SELECT %L, count(*) FROM ONLY %I.%I', nspname || '.' || relname, nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'm') AND nspname !~ '^pg_' AND nspname <> 'information_schema' \\gexec
SQL
LC_ALL=C sort rows.found | diff rows.expected - && echo "Every table has its rows."\
"""
FILES = """\
mkdir -p files
age -d -i identity.key "$COPY/files.tar.zst.age" | zstd -d | tar -x -C files"""
FAITHFUL = """\
psql -X -v ON_ERROR_STOP=1 -f "$COPY/roles.sql" postgres
createdb --template=template0 --encoding=UTF8 "${TARGET}_faithful"
age -d -i identity.key "$COPY/database.dump.zst.age" | zstd -d \\
  | pg_restore --exit-on-error --single-transaction -d "${TARGET}_faithful\""""
AFTERWARDS = "shred -u identity.key"
BOOTSTRAP = """\
./manage.py bootstrap_sql > bootstrap.sql
for role in catalog keys backup sealer drill provisioner; do
  read -rsp "Password of amana_$role: " password; echo >&2
  echo "\\\\set ${role}_password '$password'"
done | cat - bootstrap.sql | psql -X -d postgres"""
NEWEST = """\
grep -H -E '^ "(slug|tenant|snapshot_at)":' */*/manifest.json"""
ARCHIVED_NAMED_BY_YOU = """\
export SEALED=/media/usb/SLUG-DAY.zip.age
export SHA256=SHA256_OF_ITS_PAGE
export OFFLINE=/media/usb/offline.key
set -o pipefail; umask 077"""
ARCHIVED_WHOLE = """\
echo "$SHA256  $SEALED" | sha256sum -c -"""
ARCHIVED_OPENED = """\
age -d -i "$OFFLINE" "$SEALED" > everything.zip
python3 -m zipfile -e everything.zip archived
shred -u everything.zip"""

BLOCKS: Mapping[str, str] = {
    "settings": NAMED_BY_YOU,
    "signature": SIGNATURE,
    "objects": OBJECTS,
    "whose": WHOSE,
    "identity": FROM_ESCROW,
    "identity-from-catalog": FROM_CATALOG,
    "right-identity": IS_IT,
    "database": DATABASE,
    "rows": ROWS,
    "files": FILES,
    "faithful": FAITHFUL,
    "afterwards": AFTERWARDS,
    "newest": NEWEST,
    "bootstrap": BOOTSTRAP,
    "archived-settings": ARCHIVED_NAMED_BY_YOU,
    "archived-whole": ARCHIVED_WHOLE,
    "archived-opened": ARCHIVED_OPENED,
}


def block(name: str, manifest_key: str) -> str:
    """The commands of that name; `manifest_key`: the public half, or several, as AMANA_MANIFEST_PUBLIC_KEY has it."""
    keys = " \\\n  ".join(f"{ED25519}{each}" for each in named_keys(manifest_key))
    return BLOCKS[name].replace("{public_keys}", keys)
