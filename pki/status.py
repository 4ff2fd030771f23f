"""Answers about revocation: OCSP (RFC 6960) by the delegated responder, and the issuing authority's list."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from pki.certificates import Key, hash_of, whole_second
from pki.keys import Identity
from pki.register import Register, Revoked, UnknownCertificate

ONLINE = timedelta(hours=1)
"""How long an answer over HTTP may be kept."""
EMBEDDED = timedelta(days=365 * 15)
"""How long an answer inside a document stays usable: what is archived can't ask again, so as long as time stamps."""
LIST = timedelta(days=7)
_LARGEST_NONCE = 128
"""Bytes (RFC 9654, section 2.1)."""


def answer(
    issuer: x509.Certificate, responder: Identity, serial: int, revoked: Revoked | None, at: datetime, keeps: timedelta
) -> bytes:
    """Signed status of one certificate, as DER: good, or revoked when and why."""
    builder = _add(
        ocsp.OCSPResponseBuilder(), issuer, hashes.SHA256(), serial, revoked, at, _until(responder, at, keeps)
    )
    return _sign(builder, responder)


class Responder:
    """Answers OCSP requests about certificates of this issuer."""

    def __init__(self, issuer: x509.Certificate, responder: Identity, register: Register) -> None:
        self._issuer = issuer
        self._responder = responder
        self._register = register

    def respond(self, request: bytes, at: datetime) -> bytes:
        """The answer, as DER; also to what is no request, or about another's certificate (RFC 6960, section 2.3)."""
        try:
            asked = ocsp.load_der_ocsp_request(request)
            ours = self._is_ours(asked)
        except (ValueError, NotImplementedError, x509.UnsupportedGeneralNameType):
            return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if not ours:
            return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        algorithm, until = asked.hash_algorithm, _until(self._responder, at, ONLINE)
        builder = ocsp.OCSPResponseBuilder()
        try:
            revoked = self._register.status(f"{asked.serial_number:x}")
        except UnknownCertificate:
            builder = _unknown(builder, asked, at, until)
        else:
            builder = _add(builder, self._issuer, algorithm, asked.serial_number, revoked, at, until)
        nonce = next((e.value for e in asked.extensions if isinstance(e.value, x509.OCSPNonce)), None)
        if nonce is not None and 1 <= len(nonce.nonce) <= _LARGEST_NONCE:
            builder = builder.add_extension(nonce, False)
        return _sign(builder, self._responder)

    def _is_ours(self, asked: ocsp.OCSPRequest) -> bool:
        names = _issuer_hashes(self._issuer, asked.hash_algorithm)
        return (asked.issuer_name_hash, asked.issuer_key_hash) == names


def revocation_list(
    issuer: x509.Certificate, key: Key, revoked: Sequence[Revoked], at: datetime, keeps: timedelta
) -> bytes:
    """The signed list of what an authority has revoked, as DER. Its number grows with time."""
    now = whole_second(at)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(min(now + keeps, issuer.not_valid_after_utc))
        .add_extension(x509.CRLNumber(int(now.timestamp())), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            False,
        )
    )
    for each in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(int(each.serial, 16))
            .revocation_date(whole_second(each.at))
            .add_extension(x509.CRLReason(each.reason), False)
            .build()
        )
    return builder.sign(key, hash_of(key.curve)).public_bytes(serialization.Encoding.DER)


def _add(
    builder: ocsp.OCSPResponseBuilder,
    issuer: x509.Certificate,
    algorithm: hashes.HashAlgorithm,
    serial: int,
    revoked: Revoked | None,
    at: datetime,
    until: datetime,
) -> ocsp.OCSPResponseBuilder:
    name_hash, key_hash = _issuer_hashes(issuer, algorithm)
    return builder.add_response_by_hash(
        issuer_name_hash=name_hash,
        issuer_key_hash=key_hash,
        serial_number=serial,
        algorithm=algorithm,
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=whole_second(at),
        next_update=until,
        revocation_time=whole_second(revoked.at) if revoked else None,
        revocation_reason=revoked.reason if revoked else None,
    )


def _unknown(
    builder: ocsp.OCSPResponseBuilder, asked: ocsp.OCSPRequest, at: datetime, until: datetime
) -> ocsp.OCSPResponseBuilder:
    return builder.add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=asked.hash_algorithm,
        cert_status=ocsp.OCSPCertStatus.UNKNOWN,
        this_update=whole_second(at),
        next_update=until,
        revocation_time=None,
        revocation_reason=None,
    )


def _issuer_hashes(issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> tuple[bytes, bytes]:
    """Hashes of the issuer's name and of its key's bit string (RFC 6960, section 4.1.1)."""
    key = issuer.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return (
        hashlib.new(algorithm.name, issuer.subject.public_bytes()).digest(),
        hashlib.new(algorithm.name, key).digest(),
    )


def _until(responder: Identity, at: datetime, keeps: timedelta) -> datetime:
    return min(whole_second(at) + keeps, responder.certificate.not_valid_after_utc)


def _sign(builder: ocsp.OCSPResponseBuilder, responder: Identity) -> bytes:
    certificate, key = responder.certificate, responder.key
    signed = (
        builder.responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
        .certificates([certificate])
        .sign(key, hash_of(key.curve))
    )
    return signed.public_bytes(serialization.Encoding.DER)


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)
