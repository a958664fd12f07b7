"""What each preset asks of a password, and for how long it is good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rules:
    """`shortest`: characters at least. `four_kinds`: upper, lower, digit and special. `impersonal`: nothing of the name
    or address. `history`: how many of one's last passwords may not come back, the present one among them. `lasts` and
    `warns_after`: None where a password is good until there is a reason to change it.
    """

    shortest: int
    history: int
    four_kinds: bool = False
    impersonal: bool = False
    lasts: timedelta | None = None
    warns_after: timedelta | None = None


# By SecurityPolicy.Preset.
PRESETS: Mapping[str, Rules] = {
    # What marketplaces' policies ask of whoever handles their data: Amazon DPP 1.4, TikTok Shop II.
    "marketplace": Rules(
        shortest=12,
        history=10,
        four_kinds=True,
        impersonal=True,
        lasts=timedelta(days=90),
        warns_after=timedelta(days=76),
    ),
    # NIST SP 800-63B-4, 3.1.1.2: length and a blocklist; no composition, and no change without a reason.
    "nist": Rules(shortest=15, history=1),
}
