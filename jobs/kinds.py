"""What kinds of jobs there are: each app registers its own, in its `background.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from jobs.models import Job
    from jobs.progress import Progress

Body = Callable[..., dict[str, Any] | None]
_kinds: dict[str, "Kind"] = {}


class Person(Protocol):
    """Whoever is signed in; people are a matter of a higher part."""

    @property
    def pk(self) -> UUID: ...


def nobody(_person: Person) -> bool:
    return False


def everybody(_person: Person) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of job. `title` and `outcome` are filled with the job's arguments and its result.

    `may`: who besides its owner may see a job of this kind.
    `permission`: what started it: its owner must still hold it when a worker begins, and whoever fetches its file,
    cancels it or tries it again must hold it then.
    `resumable`: its body may begin again after a worker died in the middle, `attempts` times in all.
    `of_platform`: works for the catalog, outside of any binding, and is never done for a tenant.
    `page`: where it is shown instead of the general page, for jobs that belong to something else's page; such a job
    is tried again there.
    """

    name: str
    title: "_StrOrPromise"
    outcome: "_StrOrPromise" = ""
    queue: str = "default"
    time_limit: timedelta = timedelta(minutes=10)
    attempts: int = 3
    resumable: bool = True
    cancellable: bool = True
    of_platform: bool = False
    may: Callable[[Person], bool] = nobody
    permission: str = ""
    page: Callable[["Job"], str] | None = None

    @property
    def minutes(self) -> float:
        """Its time limit, to be told."""
        whole, rest = divmod(self.time_limit.total_seconds(), 60)
        return round(whole + rest / 60, 2) if rest else int(whole)

    def body(self, *, progress: "Progress", arguments: dict[str, Any]) -> dict[str, Any] | None:
        """Do the work. Raises what the registered function raises."""
        return _bodies[self.name](progress, **arguments)


_bodies: dict[str, Body] = {}


def does(kind: Kind) -> Callable[[Body], Body]:
    """Register `kind`, done by the function below: it gets its progress and the job's arguments.

    What it returns fills the kind's `outcome`; it names nobody, and fits into JSON.
    """

    def register(body: Body) -> Body:
        _kinds[kind.name] = kind
        _bodies[kind.name] = body
        return body

    return register


def kind_named(name: str) -> Kind | None:
    """None for a kind that this code doesn't know (any more)."""
    return _kinds.get(name)


def kinds_open_to(person: Person) -> list[str]:
    """The names of those whose jobs this person may see, whoever owns them."""
    return [kind.name for kind in _kinds.values() if kind.may(person)]
