"""Signs a record as a person's browser does, with a key that nobody else ever holds. For demo, benchmarks and tests."""

import base64
import hashlib
import re
import time
import uuid
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from commands.answers import Unexpected, answered

_HALF = 32
WITHIN = 60.0
"""Seconds in which the case has to count the signature."""
AGAIN = 0.5


class SigningKey:
    """For one signature."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> str:
        """SubjectPublicKeyInfo in base64."""
        spki = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(spki).decode()

    def sign(self, to_sign: str) -> str:
        """r and s in base64, as browsers give them."""
        r, s = decode_dss_signature(self._key.sign(base64.b64decode(to_sign), ec.ECDSA(SHA256())))
        return base64.b64encode(r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")).decode()


def code_in(folder: Path, intent_id: str) -> str:
    """The code for this intent, out of the letters that a demo leaves in `mail` in its data folder."""
    name = hashlib.sha256(intent_id.encode()).hexdigest()[:32]
    (letter,) = folder.glob(f"{name}@*.eml")
    body = message_from_bytes(letter.read_bytes(), policy=default).get_content()
    (code,) = re.findall(r"(?<!\w)[0-9]{6}(?!\w)", body, re.ASCII)
    return str(code)


def sign_record(
    client: httpx.Client, case_id: str, *, password: str, read_code: Callable[[str], str], key: SigningKey | None = None
) -> dict[str, Any]:
    """Reads the record, agrees to the terms, confirms by a mailed code, signs; the last answer.

    `client` is signed in at `…/api/v1`; `read_code` gives the code of an intent. Raises Unexpected.
    """
    key = key or SigningKey()
    record = f"/cases/{case_id}/record"
    shown = answered(client.get(record), 200)
    wish = {
        "sha256": hashlib.sha256(shown.content).hexdigest(),
        "consent": answered(client.get("/signing/consent"), 200).json()["version"],
        "method": "code",
    }
    intent = answered(client.post(f"{record}/intents", json=wish, headers=_new_key()), 201).json()["id"]
    signature = f"{record}/intents/{intent}/signature"
    confirmed = {"public_key": key.public, "code": read_code(intent), "password": password}
    begun = answered(client.post(signature, json=confirmed, headers=_new_key()), 201).json()
    value = {"value": key.sign(begun["to_sign"])}
    headers, ends = _new_key(), time.monotonic() + WITHIN
    while (answer := client.put(signature, json=value, headers=headers)).status_code == 202:
        if time.monotonic() > ends:
            raise Unexpected(f"the case did not count the signature of {intent} within {WITHIN:.0f} s")
        time.sleep(AGAIN)
    signed: dict[str, Any] = answered(answer, 200).json()
    return signed


def _new_key() -> dict[str, str]:
    return {"idempotency-key": str(uuid.uuid4())}
