from django.utils.translation import gettext_lazy as _

from accounts.models import Assignment, User
from accounts.owning import Owned, add_owned
from jobs.models import Job


def _unfinished_jobs(person: User) -> int:
    return Job.objects.unfinished().filter(owner_id=person.pk).count()


def _roles_given(person: User) -> int:
    return Assignment.objects.not_over().filter(granted_by=person, user__is_active=True).count()


add_owned(Owned(label=_("Jobs that wait or run"), count=_unfinished_jobs))
add_owned(Owned(label=_("Roles of colleagues that they gave"), count=_roles_given))
