"""What can go wrong on a stranger's machine: one clear sentence each, never a traceback."""

import os
import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from embedded import credentials, ports
from embedded.__main__ import guarded
from embedded.homes import check_whole
from embedded.initialising import DataDirectory
from embedded.place import Place
from embedded.programs import PostgreSQL, examined, find_postgres, server_user, wheel
from embedded.refusals import Refusal
from embedded.servers import check_given
from tests.embedded.checkout import Checkout

Usage = namedtuple("Usage", "total used free")


def test_a_busy_port_that_was_asked_for(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = ports.number_of(taken)
        refused = checkout.embedded("run", "--port", str(port))
    assert refused.returncode == 1
    assert (
        refused.stderr == f"amana: Port {port} is busy: stop what listens there or choose another --port.\n"
    )


def test_without_a_wish_the_port_moves_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = ports.number_of(taken)
        with ports.open_port(None, first=port) as moved:
            assert port < ports.number_of(moved) < port + ports.TRIES


def test_no_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.ports.listen", lambda port: None)
    with pytest.raises(Refusal, match="No port from 8000 to 8199 is free"):
        ports.open_port(None)


def test_a_port_that_ipv6_answers_is_busy() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with taken:
        assert ports.listen(ports.number_of(taken)) is None


@pytest.mark.parametrize("text", ["70000", "-1", "http"])
def test_a_port_that_is_none(checkout: Checkout, text: str) -> None:
    refused = checkout.embedded("run", "--port", text)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("./run: error: argument --port: invalid")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9, 400 * 2**20))
    with pytest.raises(Refusal, match=f"Less than 500 MB are free on the disk of {tmp_path}: make room"):
        Place(tmp_path / "var", tmp_path).check_room()


def test_a_disk_that_fills_up_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(place: Place) -> None:
        raise OSError(28, "No space left on device", str(place.var))

    monkeypatch.setattr(Place, "make", full)
    assert guarded(["exec", "--var", str(tmp_path / "t"), "--", "true"]) == 1
    assert capsys.readouterr().err == f"amana: No space left on device: {tmp_path / 't'}.\n"


def test_a_mistake_of_ours_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(place: Place) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(Place, "make", mistaken)
    with pytest.raises(OSError, match="Invalid argument"):
        guarded(["exec", "--var", str(tmp_path / "t"), "--", "true"])


def postgres_that_says(folder: Path, version: str) -> Path:
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return folder


def test_an_old_postgres(tmp_path: Path, checkout: Checkout) -> None:
    chosen = str(postgres_that_says(tmp_path, "15.9"))
    refused = checkout.embedded("run", "--port", "0", AMANA_PG_BIN=chosen)
    assert refused.stderr == f"amana: PostgreSQL 15.9 in {chosen} is too old: Amana needs 16 or newer.\n"


def test_another_postgres_is_taken_as_it_is(tmp_path: Path) -> None:
    chosen = postgres_that_says(tmp_path, "17beta1")
    found = find_postgres({"AMANA_PG_BIN": str(chosen)}, tmp_path / "home", None)
    assert (found.folder, found.major, found.program("psql")) == (chosen, 17, chosen / "psql")


def test_no_postgres_at_all(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=f"There is no PostgreSQL server that runs in {tmp_path}."):
        examined(tmp_path)


def test_a_missing_wheel() -> None:
    with pytest.raises(Refusal, match=r"The package no_such_wheel is not installed: start Amana with \./run"):
        wheel("no_such_wheel")


def test_a_missing_user_for_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwall", list)
    with pytest.raises(Refusal, match="PostgreSQL refuses to run as root"):
        server_user()


def test_a_half_written_data_directory(checkout: Checkout) -> None:
    checkout.place.make()
    credentials.load_or_make(checkout.place, {})
    data = checkout.place.home / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    refused = checkout.embedded("run", "--port", "0")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"amana: The data directory {data} is half written or not PostgreSQL's: start over with ./run --fresh.\n"
    )


@pytest.mark.slow
def test_an_interrupted_initdb_is_cleaned_up(checkout: Checkout) -> None:
    checkout.place.make()
    draft = checkout.place.home / "data.partial"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    credentials.load_or_make(checkout.place, {})
    assert checkout.run().stop() == 0
    assert not draft.exists()


def test_data_of_another_major_version(tmp_path: Path) -> None:
    (tmp_path / "data" / "global").mkdir(parents=True)
    (tmp_path / "data" / "global" / "pg_control").touch()
    (tmp_path / "data" / "PG_VERSION").write_text("17\n")
    directory = DataDirectory(tmp_path / "data", PostgreSQL(tmp_path, "18.6"), None)
    with pytest.raises(Refusal, match=r"was made by PostgreSQL 17 and this is 18\.6: use those programs"):
        directory.ensure("password", tmp_path / "pg_hba.conf")


def test_an_initdb_that_fails_leaves_no_password_behind(tmp_path: Path) -> None:
    initdb = tmp_path / "initdb"
    initdb.write_text("#!/bin/sh\necho 'initdb: error: no room' >&2\nexit 1\n")
    initdb.chmod(0o755)
    directory = DataDirectory(tmp_path / "data", PostgreSQL(tmp_path, "16.4"), None)
    with pytest.raises(Refusal, match="initdb could not make the data directory: initdb: error: no room"):
        directory.ensure("password", tmp_path / "pg_hba.conf")
    assert not (tmp_path / "password").exists()
    assert not (tmp_path / "data").exists()


def test_secrets_that_are_gone_while_the_data_are_there(checkout: Checkout) -> None:
    checkout.place.make()
    checkout.place.cluster_file.write_text("{}")
    with pytest.raises(
        Refusal, match=r"secrets\.json is missing: put it back or start over with \./run --fresh"
    ):
        check_whole(checkout.place)


def test_an_identity_key_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="AMANA_IDENTITY_KEY is not an Ed25519 private key: 32 bytes in base64"):
        credentials.public_key_of("dG9vIHNob3J0")


def test_a_real_catalog_without_its_provisioner() -> None:
    with pytest.raises(Refusal, match="AMANA_DATABASE_URL is set but not AMANA_PROVISIONER_URL"):
        check_given({"AMANA_DATABASE_URL": "postgresql://db/catalog"})
