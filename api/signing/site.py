"""Passkeys as this site asks for them (WebAuthn): the person verified by their device, and nobody else's site."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import generate_registration_options, options_to_json, verify_authentication_response
from webauthn import verify_registration_response as verify_registration
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from config import Settings
from domain.errors import conflict, forbidden
from models.accounts import Caller
from models.signing.attempt_tables import Passkey

_MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError)
"""What the library raises on what no authenticator would send."""


@dataclass(frozen=True)
class Site:
    """Where passkeys belong: browsers hand out none to another address."""

    origin: str
    domain: str
    name: str

    @classmethod
    def of(cls, settings: Settings) -> "Site":
        """By the address that people use. Raises Refusal in production if that is not set."""
        if not settings.public_url and settings.environment == "production":
            raise conflict("passkey.no_public_address")
        parts = urlsplit(settings.public_url or f"http://localhost:{settings.port}")
        return cls(f"{parts.scheme}://{parts.netloc}", parts.hostname or "", settings.employer or "Wanbi")

    def options(self, person: Caller, challenge: bytes, known: Sequence[Passkey]) -> dict[str, Any]:
        """What `navigator.credentials.create` takes, as JSON."""
        made = generate_registration_options(
            rp_id=self.domain,
            rp_name=self.name,
            user_id=person.account.encode(),
            user_name=person.name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in known
            ],
        )
        found: dict[str, Any] = json.loads(options_to_json(made))
        return found

    def registered(self, credential: dict[str, Any], challenge: bytes) -> VerifiedRegistration:
        """The new passkey. Raises Refusal if it does not answer the challenge, here, with the person verified."""
        try:
            return verify_registration(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise forbidden("passkey.not_registered") from error

    def confirmed(self, assertion: dict[str, Any], challenge: bytes, key: Passkey) -> VerifiedAuthentication:
        """The passkey's answer. Raises Refusal unless it signed exactly this challenge, here, its owner verified.

        Whether its counter went on is judged where the use is written.
        """
        try:
            return verify_authentication_response(
                credential=assertion,
                expected_challenge=challenge,
                expected_rp_id=self.domain,
                expected_origin=self.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except _MALFORMED as error:
            raise forbidden("passkey.not_confirmed") from error
