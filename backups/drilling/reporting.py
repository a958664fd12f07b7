"""What a drill found, as bytes that anybody can check: signed by the drill worker (Ed25519, RFC 8032)."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from backups.exceptions import DrillRefused
from backups.models import Drill, DrillStep
from backups.programs import major_version
from backups.signatures import named_keys, signer_of

FORM = "amana drill report 1"
HOW = (
    "`report` is the text that was signed: its UTF-8 bytes, exactly. `signature` is Ed25519 (RFC 8032) in base64 over"
    " these bytes, and `public_key` the 32 bytes of the key in base64; compare it with AMANA_REPORT_PUBLIC_KEY as you"
    " were given it on another way. With jq and OpenSSL 3: jq -j .report FILE > text; jq -r .signature FILE | base64"
    " -d > sig; (printf '302a300506032b6570032100' | xxd -r -p; jq -r .public_key FILE | base64 -d) > key; openssl"
    " pkeyutl -verify -pubin -inkey key -keyform DER -rawin -in text -sigfile sig"
)


def report_of(drill: Drill, result: str) -> dict[str, Any]:
    """In English and UTC: it is read elsewhere, and later. Bound to the catalog."""
    backup = drill.backup
    return {
        "form": FORM,
        "drill": str(drill.pk),
        "result": result,
        "failed_step": drill.failed_step or None,
        "tenant": str(drill.tenant_id) if drill.tenant_id else None,
        "slug": drill.tenant.slug if drill.tenant else None,
        "backup": str(backup.pk),
        "folder": backup.folder,
        "tier": backup.tier,
        "snapshot_at": backup.snapshot_at.isoformat() if backup.snapshot_at else None,
        "requested_by": drill.requested_by or "the schedule",
        "requested_at": drill.requested_at.isoformat(),
        "started_at": drill.started_at.isoformat() if drill.started_at else None,
        "finished_at": drill.finished_at.isoformat() if drill.finished_at else None,
        "attempt": drill.attempt,
        "rto_seconds": drill.rto_seconds,
        "rto_target_seconds": settings.AMANA_RTO_SECONDS,
        "rpo_seconds": drill.rpo_seconds,
        "rpo_target_seconds": settings.AMANA_RPO_SECONDS,
        "pg_restore": major_version("pg_restore"),
        "schema_level": settings.AMANA_SCHEMA_LEVEL,
        "steps": [_step(step) for step in drill.steps.all()],
    }


def _step(step: DrillStep) -> dict[str, Any]:
    return {
        "code": step.code,
        "state": step.state,
        "seconds": step.seconds,
        "found": step.found,
        "details": step.details,
    }


def sign(report: dict[str, Any]) -> tuple[str, bytes]:
    """The text, and the signature of its bytes. Raises DrillRefused where this process holds no key."""
    if not settings.AMANA_REPORT_KEY:
        raise DrillRefused("This process doesn't hold AMANA_REPORT_KEY: the drill worker does.")
    text = json.dumps(report, indent=1, sort_keys=True)
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.AMANA_REPORT_KEY))
    return text, key.sign(text.encode())


def is_genuine(text: str, signature: bytes) -> bool:
    """Whether our drill worker signed that text, with the key of today or of before."""
    return bool(_signer(text, signature))


def _signer(text: str, signature: bytes) -> str:
    return signer_of(text.encode(), signature, settings.AMANA_REPORT_PUBLIC_KEY)


def document(drill: Drill) -> bytes:
    """What is downloaded: the signed text, all that is needed to check it, and who signed it off."""
    newest = named_keys(settings.AMANA_REPORT_PUBLIC_KEY)[0]
    told = {
        "form": FORM,
        "report": drill.signed_text,
        "signature": base64.b64encode(bytes(drill.signature)).decode(),
        "public_key": _signer(drill.signed_text, bytes(drill.signature)) or newest,
        "how_to_verify": HOW,
        "signed_off_by": drill.signed_off_by or None,
        "signed_off_at": drill.signed_off_at.isoformat() if drill.signed_off_at else None,
    }
    return json.dumps(told, indent=1, sort_keys=True).encode()
