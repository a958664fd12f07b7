"""The end of every drill, however it went: what could be read is gone."""

from backups.drilling.scratch import empty, left
from backups.drilling.work import Found, Work, remove_spool
from backups.exceptions import StepFailed


def clean(work: Work) -> Found:
    things = empty(work.scratch)
    remove_spool(work.spool)
    still = left(work.scratch)
    if still or work.spool.exists():
        where = f"{still} things are still in scratch" if still else "the spool is still there"
        raise StepFailed(f"It isn't clean: {where}.", things=still)
    return Found(f"{things} things were taken out of scratch, and the spool is gone.", {"things": things})
