"""Names that stand in certificates, and the object identifiers that are Wanbi's own."""

import re
import warnings
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

EVIDENCE = ObjectIdentifier("2.25.333079295191563543647824106536931814256")
"""Extension of an event certificate: an OCTET STRING with the SHA-256 of what identified its holder and their intent.
Made of a UUID (ITU-T X.667), as the policy below: that needs no registration."""
STAMP_POLICY = ObjectIdentifier("2.25.222204218163108005540686276403909114584")
"""Policy of the company's own time stamps: the server's clock, kept by NTP, to the second."""
LONGEST = 64
"""Characters in a name's attribute (RFC 5280, appendix A.1)."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")

# The library counts bytes where the standard counts characters, and says so at each reading of a Chinese name.
warnings.filterwarnings("ignore", message="Attribute's length must be")


class UnfitName(ValueError):
    """A name that no certificate can hold; the message says why."""


@dataclass(frozen=True)
class Subject:
    """Whom an event certificate is about."""

    name: str
    number: str
    """Employee number: makes namesakes distinct."""

    @property
    def common_name(self) -> str:
        return f"{self.name} {self.number}"


def distinguished(company: str, common_name: str) -> x509.Name:
    """Country, organization, common name. Raises UnfitName."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            _attribute(NameOID.ORGANIZATION_NAME, company),
            _attribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _attribute(kind: ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    if not value.strip() or len(value) > LONGEST or _CONTROLS.search(value):
        raise UnfitName(f"{value!r} can't stand in a certificate: 1 to {LONGEST} characters, no control characters")
    return x509.NameAttribute(kind, value, _validate=False)
