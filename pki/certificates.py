"""What each certificate of the company's own infrastructure says, and how long it lasts."""

from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from pki.names import EVIDENCE, Subject, distinguished

PublicKey = ec.EllipticCurvePublicKey
Key = ec.EllipticCurvePrivateKey
"""What signs: a key in memory, or one that never leaves its token (`pki/token.py`)."""


class Kind(StrEnum):
    ROOT = "root"
    ISSUING = "issuing"
    SEAL = "seal"
    CERTIFYING = "certifying"
    """Certifies the finished text before anybody signs it."""
    TSA = "tsa"
    OCSP = "ocsp"
    PERSON = "person"


SERVICES = (Kind.SEAL, Kind.CERTIFYING, Kind.TSA, Kind.OCSP)
_YEAR = timedelta(days=365)
LIFETIMES = {
    Kind.ROOT: 30 * _YEAR,
    Kind.ISSUING: 20 * _YEAR,
    Kind.SEAL: 3 * _YEAR,
    Kind.CERTIFYING: 3 * _YEAR,
    Kind.TSA: 15 * _YEAR,
    Kind.OCSP: 20 * _YEAR,
    Kind.PERSON: timedelta(minutes=30),
}
"""Root, issuing and time stamps outlast any retention of what was signed with them; nothing outlasts its issuer."""
CURVES: dict[Kind, type[ec.EllipticCurve]] = {Kind.ROOT: ec.SECP384R1, Kind.ISSUING: ec.SECP384R1}
"""All others are on P-256."""
CLOCKS = timedelta(minutes=1)
"""A certificate begins so long before it is asked for: another authority's clock may be behind ours."""
_TITLES = {
    Kind.ROOT: "电子签名根证书",
    Kind.ISSUING: "电子签名签发证书",
    Kind.CERTIFYING: "文书定稿专用",
    Kind.TSA: "自建时间戳服务",
    Kind.OCSP: "证书状态服务",
}
_DEVELOPMENT = "开发用根证书（无证明力）"
_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
_MORE_USAGES = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


def root(company: str, key: Key, at: datetime, *, development: bool) -> x509.Certificate:
    """The company's own root. One for development says so in its name. Raises UnfitName."""
    name = distinguished(company, _DEVELOPMENT if development else _TITLES[Kind.ROOT])
    builder = _builder(Kind.ROOT, name, name, key.public_key(), at).add_extension(x509.BasicConstraints(True, 1), True)
    return _sign(builder.add_extension(_usage("key_cert_sign", "crl_sign"), True), key)


def is_development(certificate: x509.Certificate) -> bool:
    """True for the root of a development installation, which proves nothing to anybody."""
    return common_name(certificate) == _DEVELOPMENT


def issuing(root: x509.Certificate, root_key: Key, public_key: PublicKey, at: datetime) -> x509.Certificate:
    """The certificate that signs all others; it can make no further authority."""
    name = distinguished(organization(root), _TITLES[Kind.ISSUING])
    builder = _below(_builder(Kind.ISSUING, name, root.subject, public_key, at, root), root)
    builder = builder.add_extension(x509.BasicConstraints(True, 0), True)
    return _sign(builder.add_extension(_usage("key_cert_sign", "crl_sign"), True), root_key)


def service(
    kind: Kind, issuer: x509.Certificate, issuing_key: Key, public_key: PublicKey, at: datetime, ocsp_url: str
) -> x509.Certificate:
    """The certificate of one of `SERVICES`. Whether it is revoked is asked for at `ocsp_url`."""
    company = organization(issuer)
    name = distinguished(company, company if kind is Kind.SEAL else _TITLES[kind])
    builder = _end(_builder(kind, name, issuer.subject, public_key, at, issuer), issuer, ocsp_url)
    if kind in (Kind.SEAL, Kind.CERTIFYING):
        return _sign(builder.add_extension(_usage("digital_signature", "content_commitment"), True), issuing_key)
    builder = builder.add_extension(_usage("digital_signature"), True)
    if kind is Kind.TSA:  # RFC 3161, section 2.3: this purpose alone, and critical
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return _sign(builder.add_extension(purpose, True), issuing_key)
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    builder = builder.add_extension(purpose, False).add_extension(x509.OCSPNoCheck(), False)
    return _sign(builder, issuing_key)


def event(
    subject: Subject,
    issuer: x509.Certificate,
    issuing_key: Key,
    public_key: PublicKey,
    at: datetime,
    evidence_sha256: str,
    ocsp_url: str,
) -> x509.Certificate:
    """A person's certificate for one signature. Raises UnfitName."""
    name = distinguished(organization(issuer), subject.common_name)
    builder = _end(_builder(Kind.PERSON, name, issuer.subject, public_key, at, issuer), issuer, ocsp_url)
    builder = builder.add_extension(_usage("digital_signature", "content_commitment"), True)
    evidence = b"\x04\x20" + bytes.fromhex(evidence_sha256)
    return _sign(builder.add_extension(x509.UnrecognizedExtension(EVIDENCE, evidence), False), issuing_key)


def evidence_of(certificate: x509.Certificate) -> str:
    """The SHA-256 of the evidence that an event certificate was issued on, in hexadecimal; empty if it names none."""
    try:
        found = certificate.extensions.get_extension_for_oid(EVIDENCE).value
    except x509.ExtensionNotFound:
        return ""
    return found.value[2:].hex() if isinstance(found, x509.UnrecognizedExtension) else ""


def organization(certificate: x509.Certificate) -> str:
    return _text(certificate, x509.NameOID.ORGANIZATION_NAME)


def common_name(certificate: x509.Certificate) -> str:
    return _text(certificate, x509.NameOID.COMMON_NAME)


def whole_second(at: datetime) -> datetime:
    """Certificates and answers about them know no fractions."""
    return at.replace(microsecond=0)


def _text(certificate: x509.Certificate, attribute: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(attribute)[0].value)


def _builder(
    kind: Kind,
    subject: x509.Name,
    issuer: x509.Name,
    public_key: PublicKey,
    at: datetime,
    above: x509.Certificate | None = None,
) -> x509.CertificateBuilder:
    ends = whole_second(at) + LIFETIMES[kind]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(whole_second(at) - CLOCKS)
        .not_valid_after(min(ends, above.not_valid_after_utc) if above else ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
    )


def _below(builder: x509.CertificateBuilder, issuer: x509.Certificate) -> x509.CertificateBuilder:
    above = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), False)


def _end(builder: x509.CertificateBuilder, issuer: x509.Certificate, ocsp_url: str) -> x509.CertificateBuilder:
    """Of certificates that sign no others. Without the address validators pass over embedded OCSP answers."""
    place = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
    return (
        _below(builder, issuer)
        .add_extension(x509.BasicConstraints(False, None), True)
        .add_extension(x509.AuthorityInformationAccess([place]), False)
    )


def _usage(*usages: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in usages for usage in (*_USAGES, *_MORE_USAGES)})


def _sign(builder: x509.CertificateBuilder, key: Key) -> x509.Certificate:
    return builder.sign(key, hash_of(key.curve))


def hash_of(curve: ec.EllipticCurve) -> hashes.SHA256 | hashes.SHA384:
    """The hash that fits the strength of a curve."""
    return hashes.SHA384() if isinstance(curve, ec.SECP384R1) else hashes.SHA256()
