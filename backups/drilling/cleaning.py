"""The end of every drill, however it went: what could be read is gone."""

from django.utils.translation import gettext_noop

from backups.drilling.scratch import empty, left
from backups.drilling.work import Found, Work, remove_spool
from backups.exceptions import StepFailed
from backups.sentences import sentence

IN_SCRATCH = gettext_noop("It isn't clean: %(things)s things are still in scratch.")
IN_SPOOL = gettext_noop("It isn't clean: the spool is still there.")


def clean(work: Work) -> Found:
    things = empty(work.scratch)
    remove_spool(work.spool)
    still = left(work.scratch)
    if still or work.spool.exists():
        raise StepFailed(sentence(IN_SCRATCH if still else IN_SPOOL, things=still), things=still)
    says = sentence(
        gettext_noop("%(things)s things were taken out of scratch, and the spool is gone."), things=things
    )
    return Found(says, {"things": things})
