import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded import processes
from embedded.children import Child, Service, stop_together
from embedded.interruption import Interruption
from embedded.leftovers import recover
from embedded.place import Place
from embedded.refusals import Interrupted, Refusal
from embedded.supervisor import Supervisor

SLEEPS = "import time; print('awake', flush=True); time.sleep(600)"
STUBBORN = f"import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 3, 15)]; {SLEEPS}"
PARENT = (
    f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).pid); {SLEEPS}"
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "var", tmp_path)
    made.make()
    return made


@pytest.fixture
def supervisor(place: Place) -> Iterator[Supervisor]:
    made = Supervisor(place, Interruption())
    yield made
    made.stop()


def service(place: Place, code: str, name: str = "sleeper", phase: int = 1, patience: float = 5.0) -> Service:
    return Service(
        name=name,
        command=[sys.executable, "-c", code],
        environment={"AMANA_VAR": str(place.var)},
        ready=lambda said: "awake" in said,
        phase=phase,
        patience=patience,
    )


def after(interruption: Interruption, condition: Callable[[], bool]) -> Callable[[], bool]:
    """Lets the watch end once the condition holds."""

    def look() -> bool:
        if condition():
            interruption.asked = 1
        return False

    return look


def test_what_dies_is_started_again(
    place: Place, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor.launch([service(place, SLEEPS)], 10)
    child = supervisor.watched[0].child
    first = child.pid
    assert first
    processes.send(first, signal.SIGKILL)
    look = after(supervisor.interruption, lambda: child.pid not in {None, first})
    tend = supervisor._tend
    monkeypatch.setattr(supervisor, "_tend", lambda watched, now: (tend(watched, now), look()))
    supervisor.watch()
    assert child.pid not in {None, first}


def test_it_gives_up_on_what_keeps_dying(
    place: Place, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("embedded.supervisor.LONGEST_BREAK", 0.1)
    supervisor.launch([service(place, f"{SLEEPS.replace('600', '0.1')}; raise SystemExit(3)", "mayfly")], 10)
    with pytest.raises(Refusal, match=r"mayfly died 5 times within 60 s, giving up: see .*mayfly\.log"):
        supervisor.watch()
    assert capsys.readouterr().out.count("mayfly died (exit code 3), starting it again in 0.1 s") == 4


def test_breaks_grow_and_old_deaths_are_forgiven(place: Place, supervisor: Supervisor) -> None:
    supervisor.launch([service(place, SLEEPS)], 10)
    watched = supervisor.watched[0]
    assert [watched.mourn(now) for now in (0, 1, 2, 3)] == [0.5, 1, 2, 4]
    assert watched.mourn(61) == 2
    assert watched.mourn(200) == 0.5


def test_it_stops_in_reverse(place: Place, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noting(children: list[Child], *, hurry: Callable[[], bool]) -> None:
        order.extend(child.service.name for child in children)
        stop_together(children, hurry=hurry)

    monkeypatch.setattr("embedded.supervisor.stop_together", noting)
    names = ["postgresql", "valkey", "beat", "default", "web"]
    supervisor.launch([service(place, SLEEPS, name, phase) for phase, name in enumerate(names)], 10)
    supervisor.stop()
    assert order == names[::-1]
    assert [watched.child.pid for watched in supervisor.watched] == [None] * 5


def test_the_stubborn_is_killed_with_its_whole_group(place: Place) -> None:
    child = Child(service(place, PARENT.replace("print('awake'", "print('awake'"), patience=0.2), place)
    child.start()
    assert Interruption().wait(child.ready, 10)
    grandchild = int(child.said().split()[0])
    stop_together([child])
    assert child.pid is None
    deadline = time.monotonic() + 5
    while (seen := processes.look(grandchild)) and seen.alive:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_asked_twice_it_hurries(place: Place) -> None:
    child = Child(service(place, STUBBORN, patience=60), place)
    child.start()
    assert Interruption().wait(child.ready, 10)
    started = time.monotonic()
    stop_together([child], hurry=lambda: True)
    assert time.monotonic() - started < 10
    assert child.pid is None


def test_what_never_answers_is_named(place: Place, supervisor: Supervisor) -> None:
    mute = service(place, "import time; time.sleep(600)", "mute")
    with pytest.raises(Refusal, match=r"mute did not answer within 0 s: see .*mute\.log\."):
        supervisor.launch([mute], 0.2)


def test_a_wish_to_stop_is_heard_while_starting(place: Place, supervisor: Supervisor) -> None:
    supervisor.interruption.asked = 1
    with pytest.raises(Interrupted):
        supervisor.launch([service(place, SLEEPS)], 10)
    assert supervisor.watched == []


def test_a_log_is_turned_when_it_has_grown_large(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.children.LOG_LIMIT", 10)
    place.log("sleeper").write_text("much was said yesterday")
    child = Child(service(place, SLEEPS), place)
    child.start()
    stop_together([child])
    assert place.log("sleeper").with_suffix(".log.1").read_text() == "much was said yesterday"


def test_a_leftover_is_ended_even_when_it_does_not_want_to(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedded.leftovers.PATIENCE", 0.3)
    child = Child(service(place, STUBBORN), place)
    child.start(bound=False)
    assert Interruption().wait(child.ready, 10)
    assert recover(place)
    assert child.pid is None
    assert child.exit_code == -signal.SIGKILL
    assert not recover(place)


def test_a_strangers_process_with_a_recorded_pid_is_left_alone(place: Place) -> None:
    stranger = Child(service(Place(place.var / "else", place.checkout), SLEEPS), place)
    stranger.start()
    record = place.record("sleeper")
    truth = record.read_text()
    record.write_text(truth.replace('"started": "', '"started": "another-boot-'))
    assert stranger.pid is None
    pid = int(truth.split(":")[1].split(",")[0])
    seen = processes.look(pid)
    assert seen
    assert seen.alive
    record.write_text(truth)
    stop_together([stranger])
