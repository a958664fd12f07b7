"""The one validator (AUTH_PASSWORD_VALIDATORS): asks what the policy of whoever is bound asks."""

import re
from collections.abc import Iterator

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import SecurityPolicy, User
from accounts.passwords.common import is_common
from accounts.passwords.rules import PRESETS, Rules
from accounts.passwords.text import LONGEST, one_form
from tenants.binding import bound_tenant

KINDS = (
    (str.isupper, "upper", gettext_lazy("Add an upper-case letter, such as A.")),
    (str.islower, "lower", gettext_lazy("Add a lower-case letter, such as a.")),
    (str.isdecimal, "digit", gettext_lazy("Add a digit, such as 7.")),
    (
        lambda sign: not sign.isalnum() and not sign.isspace(),
        "special",
        gettext_lazy("Add a special character, such as ! or -."),
    ),
)
WORD = re.compile(r"[\W_]+")
# A name's part that is too short to give a password away; a Chinese one of two characters isn't.
SHORT = 3


def rules_in_force() -> Rules:
    return PRESETS[SecurityPolicy.in_force().preset]


class PolicyValidator:
    """Names every rule that a password breaks, in words for whoever typed it."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError, with one of its own for each rule."""
        faults = list(faults_of(one_form(password), user, rules_in_force()))
        if faults:
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        return explanation(rules_in_force())


def explanation(rules: Rules) -> str:
    """What will be asked, before anything is typed."""
    if rules.four_kinds:
        return _(
            "At least %(count)d characters, with upper and lower case, a digit and a special character; nothing of "
            "your name or address, nothing that many use, and none of your last %(history)d."
        ) % {"count": rules.shortest, "history": rules.history}
    return _(
        "At least %(count)d characters of any kind. Several words are good; spaces are allowed. Nothing that many use."
    ) % {"count": rules.shortest}


def faults_of(password: str, user: User | None, rules: Rules) -> Iterator[ValidationError]:
    """History last, and only of a password that is good otherwise: each former one costs a hash."""
    if len(password) > LONGEST:
        yield ValidationError(_("This password is too long: 1,000 characters are enough."), code="too_long")
        return
    faults = [*_faults_of_form(password, rules), *_faults_of_content(password, user, rules)]
    yield from faults
    if user and not faults and was_had(user, password, rules.history):
        yield ValidationError(_words_of_history(rules), code="used")


def _faults_of_form(password: str, rules: Rules) -> Iterator[ValidationError]:
    if len(password) < rules.shortest:
        words = ngettext(
            "This password is too short. It must contain at least %d character.",
            "This password is too short. It must contain at least %d characters.",
            rules.shortest,
        )
        yield ValidationError(words % rules.shortest, code="too_short")
    if rules.four_kinds:
        yield from (
            ValidationError(words, code=code) for holds, code, words in KINDS if not any(map(holds, password))
        )


def _faults_of_content(password: str, user: User | None, rules: Rules) -> Iterator[ValidationError]:
    own = words_of(user) if user else frozenset()
    if rules.impersonal and any(word in password.casefold() for word in own):
        yield ValidationError(_("Leave your name and your e-mail address out of it."), code="personal")
    if is_common(password, near=own | words_of_site()):
        yield ValidationError(
            _("Many people use this password, or one that is much like it. Choose another one."),
            code="common",
        )


def words_of(user: User) -> frozenset[str]:
    """The parts of somebody's name and address."""
    local, _, domain = user.email.partition("@")
    parts = WORD.split(one_form(f"{user.name} {local} {domain.partition('.')[0]}").casefold())
    return frozenset(part for part in parts if len(part) >= SHORT or (len(part) == 2 and not part.isascii()))


def words_of_site() -> frozenset[str]:
    """What the site is called."""
    tenant = bound_tenant()
    called = f"{tenant.name} {tenant.slug}" if tenant else "operator"
    return frozenset(WORD.split(one_form(called).casefold())) | {"amana"}


def was_had(user: User, password: str, history: int) -> bool:
    """Whether it is one of the last `history` passwords of `user`, with the present one, or one that was made void."""
    is_void = user.must_set_password or not user.has_usable_password()
    former = user.former_passwords.values_list("password", flat=True)[: history - 1 + is_void]
    return any(check_password(password, each) for each in (user.password, *former))


def _words_of_history(rules: Rules) -> str:
    if rules.history == 1:
        return _("This is your present password: choose another one.")
    return _("You have had this password before. Choose one that isn't among your last %(count)d.") % {
        "count": rules.history
    }
