"""What is sent to sign a record, step by step."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.signing.intents import Method
from models.fields import Sha256
from models.forms import BASE64, BASE64URL, SIX_DIGITS
from models.passwords import GivenPassword

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Consent(BaseModel):
    """What everybody agrees to before they first sign electronically (ESG-01)."""

    version: str
    """SHA-256 of the texts in canonical JSON (RFC 8785)."""
    text: dict[str, str]
    """By language."""


class NewIntent(BaseModel):
    """The wish to sign the record exactly as it was shown."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"sha256": _DIGEST, "consent": _DIGEST, "method": "code"}]}
    )

    sha256: Sha256
    """Of the whole record as it was shown: the `ETag` of `GET …/record`."""
    consent: Sha256
    """Version of the terms that the signer agrees to."""
    method: Method


class AssertionResponse(BaseModel):
    """What the device signed."""

    clientDataJSON: Annotated[str, StringConstraints(max_length=4000, pattern=BASE64URL)]  # noqa: N815  # WebAuthn's name
    authenticatorData: Annotated[str, StringConstraints(max_length=4000, pattern=BASE64URL)]  # noqa: N815  # likewise
    signature: Annotated[str, StringConstraints(max_length=4000, pattern=BASE64URL)]


class Assertion(BaseModel):
    """A passkey's answer, as `PublicKeyCredential.toJSON()` gives it; whatever else it holds is not looked at."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=1400, pattern=BASE64URL)]
    response: AssertionResponse


class NewSignature(BaseModel):
    """The signer's confirmation, and the key that will sign."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "public_key": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqnT7kMWNx8BqJ3P1oW5nQ0yUCE1v3s6dSg2K2J0mN0nm"
                    "5ZpY3m2xq0cQyR7o5bq6yHqX3p7G3yVxT0cZkFfLQw==",
                    "code": "042137",
                    "password": "wanbi-demo-2026",
                }
            ]
        },
    )

    public_key: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=BASE64)]
    """On P-256, SubjectPublicKeyInfo in base64: what `crypto.subtle.exportKey("spki", …)` gives. Make a new key pair
    for each signature, not extractable."""
    code: Annotated[str, StringConstraints(pattern=SIX_DIGITS)] | None = None
    """With method `code`: the digits from the mail."""
    password: GivenPassword | None = None
    """With method `code`: the own password, anew."""
    assertion: Assertion | None = None
    """With method `passkey`: its answer to the challenge."""


class SignatureValue(BaseModel):
    """What the signer's key made of `to_sign`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"value": "q3Jr0m1Xb0i8xq8Zb0iJt0b5o9gJ1n7Wq2hV1mUO6eD5s0V1cYp2eQ7mO2vT9k1sJf6qX0aWm3hK8rY5uZ4tBg=="}
            ]
        },
    )

    value: Annotated[str, StringConstraints(max_length=200, pattern=BASE64)] = ""
    """ECDSA with SHA-256 in base64: r and s one after the other, as browsers give them, or DER. It may be left out once
    the signature is in the document."""
