"""Where escrows lie: on another machine's disk, since what they are kept for is the loss of this one."""

from pathlib import Path

from django.conf import settings

from keys.exceptions import EscrowRefused
from tenants.disks import is_on_our_disk


def escrow_folder(below: str = "") -> Path:
    """It is there then. Raises EscrowRefused while what was said to be another machine's disk isn't mounted.

    There a folder that isn't there would be made on ours.
    """
    root = Path(settings.AMANA_ESCROW_DIR)
    if settings.AMANA_ESCROW_IS_REMOTE and (not root.is_dir() or is_on_our_disk(root)):
        raise EscrowRefused(
            f"{root} isn't mounted: no escrow is written to or read from this machine's disk."
        )
    folder = root / below
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
