"""X.509: from a certificate up to a root that is known by its fingerprint, at a given instant (RFC 5280, 6.1).

What this profile does not know (name constraints, unknown critical extensions, weak keys and hashes) is refused, never
passed over. Revocation is not looked up: the program works without a network.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

MOST = 50
LONGEST_CHAIN = 6
_PEM = b"-----BEGIN CERTIFICATE-----"
_STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_SMALLEST_RSA = 2048
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_UNDERSTOOD = (
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES,
)
"""Extensions that may be critical."""
Purpose = Callable[[x509.Certificate], None]
"""Raises Untrusted if a certificate is not made for it."""


class Untrusted(ValueError):
    """A certificate does not lead to the root, or may not be used for this; the text says why."""


def from_pem(content: bytes | memoryview) -> list[x509.Certificate]:
    """Every certificate of a PEM file. Raises Untrusted if it holds none, too many, or something else."""
    text = bytes(content)
    if not 0 < text.count(_PEM) <= MOST:
        raise Untrusted("no certificate, or too many")
    try:
        found = x509.load_pem_x509_certificates(text)
    except (ValueError, x509.InvalidVersion) as error:
        raise Untrusted(f"damaged certificate: {error}") from None
    return [from_der(certificate.public_bytes(Encoding.DER)) for certificate in found]


def from_der(content: bytes) -> x509.Certificate:
    """Raises Untrusted if it is no certificate that this program understands."""
    try:
        found = x509.load_der_x509_certificate(content)
        found.public_key()
        if found.serial_number <= 0:
            raise Untrusted("a certificate has no number")
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise Untrusted(f"damaged certificate: {error}") from None
    return found


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, in lower-case hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def for_sealing(certificate: x509.Certificate) -> None:
    """For signing a bundle. Raises Untrusted."""
    usage = _usage(certificate)
    if usage is None or not (usage.digital_signature or usage.content_commitment):
        raise Untrusted("the certificate is not made for signatures")


def for_time_stamps(certificate: x509.Certificate) -> None:
    """For time stamps and nothing else (RFC 3161, 2.3). Raises Untrusted."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise Untrusted("the certificate is not made for time stamps") from None
    if not found.critical or list(found.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Untrusted("the certificate is not made for time stamps alone")
    usage = _usage(certificate)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise Untrusted("the certificate is not made for signatures")


def chain(
    leaf: x509.Certificate,
    others: Iterable[x509.Certificate],
    roots: Collection[str],
    at: datetime,
    purpose: Purpose | None = None,
) -> list[x509.Certificate]:
    """The way from `leaf` up to a root whose fingerprint is in `roots`. Raises Untrusted if there is none.

    `purpose`: what the leaf itself has to be made for.
    """
    _require_sound(leaf, at)
    if purpose is not None:
        purpose(leaf)
    found = _upwards([leaf], list(others), roots, at)
    if found is None:
        raise Untrusted(f"no valid way from {shown(leaf)} up to the given root at {at.isoformat()}")
    return found


def verify_signature(certificate: x509.Certificate, signature: bytes, message: bytes) -> None:
    """Raises Untrusted unless the certificate's key made the signature, with SHA-256 unless the key has its own."""
    verify_with_key(certificate.public_key(), signature, message, hashes.SHA256())


def verify_with_key(key: object, signature: bytes, message: bytes, digest: hashes.HashAlgorithm) -> None:
    """Raises Untrusted unless `key` made the signature over the message."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), digest)
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, message)
        else:
            raise Untrusted("a kind of key that is not supported")
    except InvalidSignature:
        raise Untrusted("the signature is not by this key, or not over this content") from None


def shown(certificate: x509.Certificate) -> str:
    """The subject, for people."""
    return certificate.subject.rfc4514_string()


def _upwards(
    way: list[x509.Certificate], others: Sequence[x509.Certificate], roots: Collection[str], at: datetime
) -> list[x509.Certificate] | None:
    top = way[-1]
    if fingerprint(top) in roots:
        return way
    if len(way) >= LONGEST_CHAIN:
        return None
    for issuer in others:
        if issuer in way or not _issued(top, issuer, below=len(way) - 1, at=at):
            continue
        found = _upwards([*way, issuer], others, roots, at)
        if found is not None:
            return found
    return None


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, *, below: int, at: datetime) -> bool:
    """True if `issuer` may issue certificates, with `below` authorities between it and the leaf, and issued this."""
    try:
        _require_sound(issuer, at)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = _usage(issuer)
        if not constraints.ca or usage is None or not usage.key_cert_sign:
            return False
        if constraints.path_length is not None and constraints.path_length < below:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _require_sound(certificate: x509.Certificate, at: datetime) -> None:
    """In force, strong, and saying nothing critical that this program does not understand. Raises Untrusted."""
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Untrusted(f"{shown(certificate)} was not valid at {at.isoformat()}")
    try:
        digest, key = certificate.signature_hash_algorithm, certificate.public_key()
    except UnsupportedAlgorithm:
        raise Untrusted(f"{shown(certificate)} is signed in a way that is not supported") from None
    if digest is not None and not isinstance(digest, _STRONG):
        raise Untrusted(f"{shown(certificate)} rests on the weak hash {digest.name}")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _SMALLEST_RSA:
        raise Untrusted(f"{shown(certificate)} has a weak key")
    if isinstance(key, ec.EllipticCurvePublicKey) and not isinstance(key.curve, _CURVES):
        raise Untrusted(f"{shown(certificate)} has a key on the curve {key.curve.name}")
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            raise Untrusted(f"{shown(certificate)} has the critical extension {extension.oid.dotted_string}")


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
