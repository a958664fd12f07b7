"""People, what they may do, and how they prove that it is them; in a tenant's database and in the catalog alike."""

from accounts.models.assignments import Assignment
from accounts.models.browsers import KnownBrowser
from accounts.models.factors import RecoveryCode, TotpDevice
from accounts.models.limits import Counted
from accounts.models.passwords import FormerPassword
from accounts.models.people import User
from accounts.models.recoveries import OwnerRecovery
from accounts.models.reviews import Review, ReviewItem, ReviewNotice
from accounts.models.roles import Role
from accounts.models.security import SecurityPolicy
from accounts.models.sessions import Session
from accounts.models.support import SupportGrant

__all__ = [
    "Assignment",
    "Counted",
    "FormerPassword",
    "KnownBrowser",
    "OwnerRecovery",
    "RecoveryCode",
    "Review",
    "ReviewItem",
    "ReviewNotice",
    "Role",
    "SecurityPolicy",
    "Session",
    "SupportGrant",
    "TotpDevice",
    "User",
]
