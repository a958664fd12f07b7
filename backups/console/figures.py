"""The strip above the fleet: figures with what is aimed at, judged in words."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backups.alarming.keys import escrow_trouble, for_others, troubled, unchecked
from backups.console.judged import BAD, GOOD, PLAIN, WARN, Figure, hours_of, target_of
from backups.console.speed import OF_LATE, Speed, speed
from backups.console.standing import Together, oldest_points, whole_age
from backups.models import Backup, Policy, Tier
from backups.owners import full_name
from backups.recovery_keys.wrapping import OFFLINE
from backups.storage.whereabouts import is_off_the_machine
from backups.targets import DRILLED, FRESH, RTO
from backups.windows import next_window
from interface.words import ago, day, duration, moment, number, size

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def figures_of(seen: Together) -> list[Figure]:
    """Nine, each with a few queries at most, whatever the number of tenants."""
    stored, policies = _stored(), [*Policy.objects.all()]
    return [
        _protected(seen),
        _worst(seen),
        _oldest(seen, policies),
        _drilled(seen),
        _speed(speed()),
        _away(seen),
        _keys(seen),
        _window(policies),
        _storage(stored),
    ]


def _protected(seen: Together) -> Figure:
    left = seen.tenants - seen.protected
    says = ngettext("%(left)d isn't", "%(left)d aren't", left) % {"left": left} if left else _("All of them")
    shown = _("%(some)s of %(all)s") % {"some": number(seen.protected), "all": number(seen.tenants)}
    target = _("A good copy younger than %(hours)d hours") % {"hours": hours_of(FRESH)}
    return Figure(_("Protected now"), shown, BAD if left else GOOD, says, target)


def _worst(seen: Together) -> Figure:
    target = target_of(FRESH)
    if seen.worst is None:
        return Figure(_("Worst age"), "–", PLAIN, _("No tenants yet"), target)
    pk, name, at = seen.worst
    who = (reverse("backups:tenant-detail", args=[pk]), name)
    if at is None:
        return Figure(_("Worst age"), "–", BAD, _("Never copied"), target, who)
    age = whole_age(at)
    tone, says = (BAD, _("Too old")) if age > FRESH else (GOOD, _("In time"))
    return Figure(_("Worst age"), duration(age.total_seconds()), tone, says, target, who)


def _oldest(seen: Together, policies: list[Policy]) -> Figure:
    """How far back somebody can go who notices late: the farthest of anybody, and what everybody can count on."""
    label = _("Oldest restorable point")
    target = _("Kept by the policy: %(days)d days") % {
        "days": max((each.days_now for each in policies), default=0)
    }
    farthest, everybody = oldest_points()
    if farthest is None or everybody is None:
        return Figure(label, "–", BAD if seen.tenants else PLAIN, _("No good copy"), target)
    has_everybody = seen.worst is not None and seen.worst[2] is not None
    line = (
        _("Everybody back to %(day)s") % {"day": day(everybody)}
        if has_everybody
        else _("Not everybody has one")
    )
    return Figure(label, ago(farthest), PLAIN, "", target, None, (line,))


def _drilled(seen: Together) -> Figure:
    tenants, data = _share(seen.drilled, seen.tenants), _share(seen.drilled_size, seen.size)
    whole = seen.drilled == seen.tenants
    label = _("Drilled in %(days)d days") % {"days": DRILLED.days}
    says = _("Every tenant") if whole else _("Not every tenant")
    of_data = _("%(share)s of the data") % {"share": data}
    return Figure(label, tenants, GOOD if whole else WARN, says, _("Target: all tenants"), None, (of_data,))


def _speed(found: Speed) -> Figure:
    target = target_of(RTO)
    if found.median is None or found.slowest is None:
        return Figure(_("Time to restore"), "–", PLAIN, _("No drill has passed yet"), target)
    late = found.slowest > RTO.total_seconds()
    says = _("Slower than promised") if late else _("Within the target")
    lines = (
        _("Median of %(days)d days") % {"days": OF_LATE.days},
        _("95%% within %(time)s") % {"time": duration(found.slowest)},
    )
    return Figure(
        _("Time to restore"), duration(found.median), BAD if late else GOOD, says, target, None, lines
    )


def _away(seen: Together) -> Figure:
    """How much of anybody's work would go with the machine: the age of the oldest of everybody's newest good copies.

    A folder may be a disk beside the database: said plainly, since a fire takes both.
    """
    label = _("Off-site lag")
    if not is_off_the_machine():
        return Figure(label, "–", WARN, _("On this machine"), _("Target: off the machine"))
    target = target_of(FRESH)
    left = seen.size - seen.protected_size
    behind = (_("%(size)s of data is behind") % {"size": size(left)},) if left else ()
    address, name, at = _farthest_behind(seen)
    if at is None:
        return Figure(label, "–", BAD, _("Never copied"), target, (address, name), behind)
    age = whole_age(at)
    tone, says = (BAD, _("Too old")) if age > FRESH else (GOOD, _("Off this machine"))
    return Figure(label, duration(age.total_seconds()), tone, says, target, (address, name), behind)


def _farthest_behind(seen: Together) -> tuple[str, str, datetime | None]:
    """Address, name and moment, of the tenants and the catalog."""
    newest = Backup.objects.good().filter(tenant=None).newest_first()
    at: datetime | None = newest.values_list("snapshot_at", flat=True).first()
    catalog = (reverse("backups:catalog-detail"), full_name(None), at)
    if seen.worst is None or at is None:
        return catalog
    pk, name, oldest = seen.worst
    return catalog if oldest and at < oldest else (reverse("backups:tenant-detail", args=[pk]), name, oldest)


def _keys(seen: Together) -> Figure:
    named = len({each.strip() for each in settings.AMANA_RECOVERY_RECIPIENTS.split(",") if each.strip()})
    have = seen.tenants - seen.without_key
    shown = _("%(some)s of %(all)s") % {"some": number(have), "all": number(seen.tenants)}
    offline = ngettext("%(number)d offline key named", "%(number)d offline keys named", named) % {
        "number": named
    }
    target = _("Target: one each, and %(number)d offline keys") % {"number": OFFLINE}
    if named < OFFLINE:
        return Figure(_("Recovery keys"), shown, BAD, _("Not set up"), target, None, (offline,))
    tone, says = (BAD, _("Some have none")) if seen.without_key else _health_of_keys()
    return Figure(_("Recovery keys"), shown, tone, says, target, None, (offline,))


def _health_of_keys() -> "tuple[str, _StrOrPromise]":
    """The worst of what their page says."""
    if number := troubled().count():
        words = ngettext("%(number)d can't be opened", "%(number)d can't be opened", number)
        return BAD, words % {"number": number}
    if number := unchecked().count():
        words = ngettext("%(number)d wasn't checked", "%(number)d weren't checked", number)
        return BAD, words % {"number": number}
    if for_others().exists():
        return WARN, _("Some are for former recipients")
    if escrow_trouble():
        return BAD, _("Not escrowed for a day")
    return GOOD, _("Everybody has one")


def _window(policies: list[Policy]) -> Figure:
    policy = next((each for each in policies if each.tier == Tier.DAILY), None)
    if policy is None:
        return Figure(_("Next window"), "–", BAD, _("No policy"))
    opens, closes = next_window(policy)
    if opens <= timezone.now():
        return Figure(
            _("Next window"), _("Now"), GOOD, _("Open"), _("Until %(moment)s") % {"moment": moment(closes)}
        )
    length = duration((closes - opens).total_seconds())
    return Figure(
        _("Next window"), ago(opens), PLAIN, "", moment(opens), None, (_("for %(time)s") % {"time": length},)
    )


def _stored() -> list[dict[str, Any]]:
    found = Backup.objects.stored().order_by("tier").values("tier")
    return [*found.annotate(number=Count("pk"), bytes=Sum("stored_bytes"))]


def _storage(stored: list[dict[str, Any]]) -> Figure:
    total, copies = (sum(each[name] or 0 for each in stored) for name in ("bytes", "number"))
    names = dict(Tier.choices)
    lines = tuple(f"{names[each['tier']]} {size(each['bytes'] or 0)}" for each in stored)
    target = ngettext("%(number)s copy", "%(number)s copies", copies) % {"number": number(copies)}
    return Figure(_("Storage used"), size(total), PLAIN, "", target, None, lines)


def _share(part: int, whole: int) -> str:
    """Cut off, so that 100% is all of them."""
    return _("%(number)d%%") % {"number": 100 * part // whole if whole else 0}
