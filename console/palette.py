"""Tenants in the operators' command palette and on their search page: as a whole, never what is in them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from interface.palette import Command, Record, Searchable, add_commands, add_searchable
from tenants.models import Tenant


def _find(_user: User, text: str, limit: int) -> Iterable[Record]:
    found = Tenant.objects.not_closed().filter(Q(name__icontains=text) | Q(slug__icontains=text))
    return map(_record, found.order_by("name", "pk")[:limit])


def _look_up(_user: User, ids: list[UUID]) -> Iterable[Record]:
    return map(_record, Tenant.objects.filter(pk__in=ids))


def _record(tenant: Tenant) -> Record:
    url = reverse("console:tenant-detail", args=[tenant.pk])
    return Record(tenant.pk, tenant.name, url, "building-2", f"{tenant.slug} · {tenant.get_state_display()}")


def _more(text: str) -> str:
    return f"{reverse('console:tenant-list')}?{urlencode({'q': text})}"


add_searchable(
    Searchable(
        name="tenant",
        label=_("Tenants"),
        surface="operator",
        find=_find,
        look_up=_look_up,
        more=_more,
        requires="platform.tenant:view",
    )
)
add_commands(
    Command(
        label=_("New tenant"),
        icon="plus",
        url_name="console:tenant-create",
        surface="operator",
        requires="platform.tenant:create",
    )
)
