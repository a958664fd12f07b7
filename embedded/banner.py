"""What a person needs to know once everything runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from embedded.output import say, table


def show(var: Path, port: int) -> None:
    people = demo(var)
    say()
    say("Amana is ready.")
    say()
    table([("public site", url("localhost", port)), ("operators", url("operator.localhost", port))])
    table([("tenant", url(host, port)) for host in sorted({person["host"] for person in people} - STATIC)])
    if people:
        say()
        say("Sign in with")
        for person in people:
            _show_person(person, port)
    say()
    say("Ctrl-C stops everything. Logs are in var/log.")


STATIC = {"localhost", "operator.localhost"}


def _show_person(person: dict[str, Any], port: int) -> None:
    roles = ", ".join(person.get("roles") or [])
    say(f"  {url(person['host'], port)}  {roles}")
    say(f"    {person['email']}  {person['password']}")
    if secret := person.get("totp_secret"):
        say(f"    second factor: {secret}")


def url(host: str, port: int) -> str:
    return f"http://{host}:{port}"


def demo(var: Path) -> list[dict[str, Any]]:
    """Nobody where there is no demo."""
    try:
        people = json.loads((var / "demo.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [person for person in people if {"host", "email", "password"} <= person.keys()]
