"""An archived document stays valid by what it carries, asking nobody, until its issuing authority ends."""

import asyncio
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from pades.office import Office
from pki import ceremony
from pki.adapters import asn1
from pki.ceremony import InMemory
from pki.certificates import Kind
from pki.tsa import OwnAuthority
from tests.pades.builders import signed_by_all
from tests.pki import builders

YEAR = timedelta(days=365)


def signed_in_year(year: int) -> tuple[bytes, Office]:
    """A record signed so many years after the ceremony, with a seal that was replaced in time."""
    founded = builders.founded(at=builders.now() - year * YEAR)
    keys = founded.keys
    for kind in (Kind.SEAL, Kind.CERTIFYING):
        made = ceremony.issue_service(kind, keys.issuing, builders.now(), builders.OCSP_URL, InMemory())
        keys = replace(keys, **{kind.value: made})  # type: ignore[arg-type]  # the field is of this type
    pki = builders.pki(replace(founded, keys=keys))
    office = Office(pki, OwnAuthority(pki.tsa, pki.issuing, builders.now), builders.now)
    return signed_by_all(office)[-1], office


async def valid_later(pdf: bytes, office: Office, later: timedelta) -> bool:
    """Whether validators will believe a person's signature and the seal."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[asn1(office.pki.root)]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    offline = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(cert_validation_policy=policy, revinfo_gathering_policy=offline)
    )
    signatures = list(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)
    asked = (signatures[1], signatures[-1])
    found = [await simulate_future_ades_lta_validation(each, spec, builders.now() + later) for each in asked]
    return all(result.ades_subindic is AdESPassed.OK for result in found)


@pytest.mark.law("ESG-04", "EVD-03")
@pytest.mark.parametrize(
    ("signed", "years", "valid"),
    [
        (0, 16, True),  # the certificate of the time stamps ended a year ago
        (9, 10, True),  # the root's list ended nine years ago
        (9, 12, False),  # the issuing authority ended a year ago: stamp it anew before
    ],
)
def test_what_was_signed_stays_valid_until_the_issuing_authority_ends(signed: int, years: int, valid: bool) -> None:
    pdf, office = signed_in_year(signed)
    assert asyncio.run(valid_later(pdf, office, years * YEAR)) is valid
