"""What may be done how often, and by what that is counted. More is answered 429."""

from collections.abc import Mapping
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Rate:
    """So many times in so many seconds, beginning with the first."""

    times: int
    seconds: int


# By "ip": where the request comes from. "address": the e-mail address that was typed. "person": who is signed in.
RATES: Mapping[str, Mapping[str, Rate]] = {
    "forgot-password": {"ip": Rate(20, HOUR), "address": Rate(3, HOUR)},
    "set-password": {"ip": Rate(120, 10 * MINUTE)},
    "second-factor": {"ip": Rate(60, 15 * MINUTE)},
    "code-in-a-known-browser": {"person": Rate(10, 15 * MINUTE)},
    "change-password": {"person": Rate(20, 15 * MINUTE)},
    "invite": {"person": Rate(100, DAY)},
    "locked-out-letter": {"person": Rate(1, HOUR)},
}
