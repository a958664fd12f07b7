"""What a bucket answers, in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from backups.exceptions import ObjectExists, ObjectMissing, StorageAway, StorageForbids

MISSING = {"NoSuchKey", "404"}
EXISTS = {"PreconditionFailed", "412"}
FORBIDDEN = {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled"}


@contextmanager
def in_words(name: str) -> Iterator[None]:
    """Raises StorageAway, StorageForbids, ObjectMissing, ObjectExists."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error, name) from error
    except (BotoCoreError, HTTPError, OSError) as error:
        raise StorageAway(f"The storage doesn't answer: {str(error).rstrip('.')}.") from error


def _refusal(error: ClientError, name: str) -> Exception:
    code, verb = error.response["Error"].get("Code", ""), error.operation_name
    if code in MISSING:
        return ObjectMissing(f"{name} isn't in the storage.")
    if code in EXISTS:
        return ObjectExists(f"{name} is in the storage already: nothing is written over.")
    if code in FORBIDDEN:
        return StorageForbids(f"The storage forbids this credential {verb} of {name or 'all'}: {code}.")
    said = error.response["Error"].get("Message") or code
    return StorageAway(f"The storage answers {code} to {verb}: {said.rstrip('.')}.")
