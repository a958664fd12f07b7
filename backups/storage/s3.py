"""Copies in a bucket of S3, or of what speaks as S3 does.

AMANA_BACKUP_STORE=s3://bucket/prefix?endpoint=https://…&region=…, with `timeout` in seconds where 60 aren't right, and
`part` in MiB where objects of more than 160 GB come.
An object is there once its upload was completed, and never a part of it before. What was sent is hashed (SHA-256), and
the server refuses what arrives otherwise, where it knows how to.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config

from backups.exceptions import BackupError, BackupRefused
from backups.storage import Readable, Stored, Writable
from backups.storage.names import checked
from backups.storage.s3_words import in_words

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)
MIB = 1 << 20
PART = 16 * MIB
PARTS = 10_000  # of one upload at most
TRIES = 3
CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class S3:
    """Writes by parts, all of one size since some servers want that: one and a few copies of it are kept in memory."""

    client: "S3Client"
    bucket: str
    prefix: str = ""
    part: int = PART

    @classmethod
    def at(cls, url: str, credential: tuple[str, str]) -> "S3":
        """Raises BackupRefused where no bucket is named."""
        parts = urlsplit(url)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not parts.hostname:
            raise BackupRefused("AMANA_BACKUP_STORE names no bucket: s3://bucket/prefix?endpoint=…&region=….")
        client = _client(
            said.get("endpoint"), said.get("region"), float(said.get("timeout", "60")), credential
        )
        folder = parts.path.strip("/")
        part = int(said.get("part", PART // MIB)) * MIB
        return cls(client, parts.netloc, f"{folder}/" if folder else "", part)

    @contextmanager
    def write(self, name: str) -> Iterator[Writable]:
        upload = Upload(self, self.prefix + checked(name))
        try:
            yield upload
            upload.end()
        except BaseException:
            upload.give_up()
            raise

    @contextmanager
    def read(self, name: str) -> Iterator[Readable]:
        key = self.prefix + checked(name)
        with in_words(name):
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        try:
            yield Body(body, name)
        finally:
            body.close()

    def list(self, prefix: str = "") -> Iterator[Stored]:
        with in_words(prefix):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix):
                for each in page.get("Contents", []):
                    name = each["Key"].removeprefix(self.prefix)
                    yield Stored(name, each["Size"], each["LastModified"])

    def delete(self, name: str) -> None:
        with in_words(name):
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + checked(name))

    def sweep(self, before: datetime) -> int:
        """Uploads that a killed worker left open: they are paid for, and never seen."""
        with in_words("uploads"):
            pages = self.client.get_paginator("list_multipart_uploads")
            found = [
                each
                for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix)
                for each in page.get("Uploads", [])
                if each["Initiated"] < before
            ]
            for each in found:
                self.client.abort_multipart_upload(
                    Bucket=self.bucket, Key=each["Key"], UploadId=each["UploadId"]
                )
        return len(found)


class Upload:
    """One object on its way: sent at once where it is small, else part by part."""

    def __init__(self, store: S3, key: str) -> None:
        self.client, self.part = store.client, store.part
        self.where: Any = {"Bucket": store.bucket, "Key": key}
        self.name = key.removeprefix(store.prefix)
        self.buffer = bytearray()
        self.parts: list[Any] = []
        self.id: str | None = None

    def write(self, data: bytes, /) -> int:
        self.buffer += data
        while len(self.buffer) >= self.part:
            self._send(bytes(self.buffer[: self.part]))
            del self.buffer[: self.part]
        return len(data)

    def end(self) -> None:
        """All that is there now is the object. Raises ObjectExists."""
        if self.id is None:
            with in_words(self.name):
                self.client.put_object(
                    **self.where,
                    Body=bytes(self.buffer),
                    IfNoneMatch="*",
                    ChecksumSHA256=_digest(self.buffer),
                )
            return
        if self.buffer:
            self._send(bytes(self.buffer))
        with in_words(self.name):
            self.client.complete_multipart_upload(
                **self.where, UploadId=self.id, IfNoneMatch="*", MultipartUpload={"Parts": self.parts}
            )
        self.id = None

    def give_up(self) -> None:
        """Nothing of it remains, or else the sweep finds it: whatever it was that failed is what is raised."""
        if self.id is None:
            return
        try:
            with in_words(self.name):
                self.client.abort_multipart_upload(**self.where, UploadId=self.id)
        except BackupError as trouble:
            logger.warning("The upload of %s couldn't be taken back: %s", self.name, trouble)

    def _send(self, data: bytes) -> None:
        if len(self.parts) == PARTS:
            raise BackupRefused(
                f"{self.name} has more than {PARTS} parts of {self.part // MIB} MiB: give a larger `part` in"
                " AMANA_BACKUP_STORE."
            )
        with in_words(self.name):
            if self.id is None:
                begun = self.client.create_multipart_upload(**self.where, ChecksumAlgorithm="SHA256")
                self.id = begun["UploadId"]
            part = {"PartNumber": len(self.parts) + 1, "ChecksumSHA256": _digest(data)}
            sent = self.client.upload_part(**self.where, UploadId=self.id, Body=data, **part)  # type: ignore[arg-type]
        if not sent.get("ChecksumSHA256"):
            del part["ChecksumSHA256"]  # it doesn't know of them, and wouldn't know the sum of them
        self.parts.append(part | {"ETag": sent["ETag"]})


class Body:
    """What is read, in a stream whose troubles are said in words."""

    def __init__(self, body: Any, name: str) -> None:
        self.body, self.name = body, name

    def read(self, size: int = -1, /) -> bytes:
        with in_words(self.name):
            data: bytes = self.body.read(size if size >= 0 else None)
        return data


def _digest(data: bytes | bytearray) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@cache
def _client(
    endpoint: str | None, region: str | None, timeout: float, credential: tuple[str, str]
) -> "S3Client":
    """One a process: it can be used from every thread, and making it takes a while."""
    said: Any = {
        "signature_version": "s3v4",
        "connect_timeout": min(CONNECT_SECONDS, timeout),
        "read_timeout": timeout,
        "retries": {"mode": "standard", "total_max_attempts": TRIES},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "s3": {"addressing_style": "path" if endpoint else "auto"},
    }
    client: S3Client = boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region or "us-east-1",
        aws_access_key_id=credential[0],
        aws_secret_access_key=credential[1],
        config=Config(**said),
    )
    return client
