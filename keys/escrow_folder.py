"""Where escrows lie: on another machine's disk, since what they are kept for is the loss of this one."""

from pathlib import Path

from django.conf import settings

from keys.exceptions import EscrowRefused


def escrow_folder(below: str = "") -> Path:
    """It is there then. Raises EscrowRefused while what was said to be another machine's disk isn't mounted."""
    root = Path(settings.AMANA_ESCROW_DIR)
    if settings.AMANA_ESCROW_IS_REMOTE and _is_on_our_disk(root):
        raise EscrowRefused(
            f"{root} isn't mounted: no escrow is written to or read from this machine's disk."
        )
    folder = root / below
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _is_on_our_disk(root: Path) -> bool:
    """By its device, as the storage of the copies does it. A folder that isn't there would be made on ours."""
    ours = {Path(each).stat().st_dev for each in ("/", settings.AMANA_VAR)}
    return not root.is_dir() or root.stat().st_dev in ours
