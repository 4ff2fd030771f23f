"""Decision proofs: short-lived tokens that say who may decide exactly what in which case.

A proof is a signed JSON Web Token (RFC 7519, HS256) bound to the case, the kind of decision and the digest of its whole
content. The API issues it to a signed-in person; the ledger checks it when the decision is written. Access to Temporal
alone therefore decides nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from models.messages import Proof

LIFETIME = timedelta(minutes=10)


class BadProof(Exception):
    """The proof is not to be believed; `code` says why, in the words of the catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Proofs:
    """Issues and checks proofs with a ring of keys: the active one signs, all of them check."""

    keys: Mapping[str, str]
    active: str

    def issue(
        self, case_id: str, action: str, account: str, digest: str, now: datetime, *, fresh: bool = False
    ) -> tuple[str, datetime]:
        """A token and the instant at which it ends. `fresh`: the person has just signed in anew for this."""
        expires = now + LIFETIME
        claims = {
            "jti": uuid.uuid4().hex,
            "sub": account,
            "case": case_id,
            "act": action,
            "dig": digest,
            "iat": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            "fresh": fresh,
        }
        return jwt.encode(claims, self.keys[self.active], algorithm="HS256", headers={"kid": self.active}), expires

    def check(self, proof: Proof, case_id: str, *, fresh: bool) -> tuple[str, datetime]:
        """The token's id, and the instant at which it ends. Raises BadProof if it was not issued for exactly this."""
        if not proof.token:
            raise BadProof("proof.missing")
        claims = self._claims(proof.token)
        bound = (claims["case"], claims["act"], claims["sub"], claims["dig"])
        if bound != (case_id, proof.action, proof.account, proof.digest):
            raise BadProof("proof.for_something_else")
        if fresh and not claims["fresh"]:
            raise BadProof("proof.fresh_sign_in_needed")
        return str(claims["jti"]), datetime.fromtimestamp(float(claims["exp"]), UTC)

    def _claims(self, token: str) -> Mapping[str, str]:
        try:
            key = self.keys[str(jwt.get_unverified_header(token)["kid"])]
            required = ["jti", "sub", "case", "act", "dig", "exp", "fresh"]
            # Whether it is over is for the caller to judge: a use that was cut short began in time.
            return jwt.decode(token, key, algorithms=["HS256"], options={"require": required, "verify_exp": False})
        except (jwt.InvalidTokenError, KeyError) as error:
            raise BadProof("proof.not_ours") from error
