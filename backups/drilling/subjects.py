"""Whose copy it is, as what can be bound: a tenant's name and address, and the place in `scratch`."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from tenants.places import DrillPlace, drill_place


@dataclass(frozen=True)
class Subject:
    id: UUID | None
    era: int
    slug: str
    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> DrillPlace:
        return drill_place(self.id, self.era)

    @property
    def primary_host(self) -> str:
        if self.id is None:
            return settings.AMANA_OPERATOR_HOST
        return f"{self.slug}.{settings.AMANA_PUBLIC_HOST}"
