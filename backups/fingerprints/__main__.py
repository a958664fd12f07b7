"""The fingerprint, as JSON, of a script that is read: pg_restore --data-only -f - | python -m backups.fingerprints."""

import json
import sys

from backups.fingerprints.dumps import fingerprint_of_script

if __name__ == "__main__":
    json.dump(fingerprint_of_script(sys.stdin.buffer), sys.stdout)
