"""Every person has an account of their own: names and addresses that stand for several are refused (AZ-009)."""

import re
import unicodedata
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).parent
NAMES = frozenset((HERE / "shared_names.txt").read_text().split())
ADDRESSES = NAMES | frozenset((HERE / "shared_addresses.txt").read_text().split())
BETWEEN = re.compile(r"[\W\d_]+")

IS_SHARED_ADDRESS = _(
    "%(value)s looks like an address that several people read. Each person needs an account of their own, with an"
    " address that only they read."
)
IS_SHARED_NAME = _(
    "%(value)s names a post or a team. Give the name of the one person who will sign in: the activity log tells"
    " people apart by it."
)


def validate_ones_own_address(email: str) -> None:
    """Raises ValidationError for admin@, info@, sales.team@, support+2@ and the like."""
    local = email.partition("@")[0].partition("+")[0]
    if _stands_for_several(local, ADDRESSES):
        raise ValidationError(IS_SHARED_ADDRESS, code="shared", params={"value": email})


def validate_ones_own_name(name: str) -> None:
    """Raises ValidationError for Admin, Sales team, 管理员, Test 2 and the like."""
    if _stands_for_several(name, NAMES):
        raise ValidationError(IS_SHARED_NAME, code="shared", params={"value": name})


def _stands_for_several(text: str, known: frozenset[str]) -> bool:
    """Made of such words alone: Adam Post and sales.smith@ are somebody."""
    words = [word for word in BETWEEN.split(unicodedata.normalize("NFKC", text).casefold()) if word]
    return bool(text.strip()) and all(word in known for word in words)
