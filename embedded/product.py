"""The processes of the product: web, workers, beat."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping

from embedded.children import Service
from embedded.environment import share_of
from embedded.place import Place

WEB_PROCESSES = 2
WORKERS: Mapping[str, tuple[str, int]] = {
    "default": ("default", 2),
    "files": ("files", 2),
    "backup": ("backup", 1),
    "drill": ("drill", 1),
    "lending": ("lending", 1),
    "seal": ("seal", 1),
    "restore": ("restore", 1),
    "control": ("control", 1),
}
COMMANDS = 1
BEAT, WORKER, WEB = 2, 3, 4
DB_PROCESSES = WEB_PROCESSES + sum(processes for _queues, processes in WORKERS.values()) + COMMANDS


def product(place: Place, told: Mapping[str, str], handle: int, port: int) -> list[Service]:
    """In the order of their lines on the terminal."""
    return [web(place, told, handle, port), *(worker(name, told) for name in WORKERS), beat(place, told)]


def web(place: Place, told: Mapping[str, str], handle: int, port: int) -> Service:
    options = {
        "bind": f"fd://{handle}",
        "workers": str(WEB_PROCESSES),
        "threads": "8",
        "worker-class": "gthread",
        "graceful-timeout": "5",
        "log-level": "info",
        "logger-class": "config.logs.gunicorn.Logger",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    return Service(
        name="web",
        command=[
            sys.executable,
            "-m",
            "gunicorn",
            "--no-control-socket",
            *arguments,
            "config.wsgi:application",
        ],
        environment=share_of("web", told),
        ready=lambda said: "Booting worker" in said and answers(port),
        phase=WEB,
        directory=place.checkout,
        handles=(handle,),
    )


def answers(port: int) -> bool:
    """The public site greets; a server error is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def worker(name: str, told: Mapping[str, str]) -> Service:
    queues, processes = WORKERS[name]
    options = {
        "queues": queues,
        "concurrency": str(processes),
        "hostname": f"{name}@amana",
        "loglevel": "INFO",
    }
    arguments = [f"--{option}={value}" for option, value in options.items()]
    return Service(
        name=name,
        title=f"worker {name}",
        command=[*celery("worker"), *arguments, "--without-gossip", "--without-mingle"],
        environment=share_of(name, told),
        ready=lambda said: "ready." in said,
        phase=WORKER,
    )


def beat(place: Place, told: Mapping[str, str]) -> Service:
    schedule = place.var / "beat"
    return Service(
        name="beat",
        command=[*celery("beat"), "--loglevel=INFO", f"--schedule={schedule}", "--pidfile="],
        environment=share_of("beat", told),
        ready=lambda said: "beat: Starting" in said,
        phase=BEAT,
    )


def celery(command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app=config", "--quiet", "--skip-checks", command]
