"""A record is signed by everybody, each with a key of their own, and is then exactly what the verifier believes."""

import asyncio

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from domain.handover import SignatureStatus
from pades.sealing import sealed
from tests.api.signing.world import SIGNERS, Record
from tests.pades import builders as paper
from verifier.pdf import Reading, read


async def verdict(record: Record, pdf: bytes) -> Reading:
    """Of the record once the company has sealed it, as the case has it done when everybody has signed."""
    closed = await asyncio.to_thread(sealed, pdf, "公司盖章", paper.picture(), record.office)
    return await asyncio.to_thread(read, closed, record.office.pki.root.public_bytes(Encoding.DER))


@pytest.mark.law("ESG-01", "ESG-02")
async def test_all_three_parties_sign_each_what_they_saw_and_the_verifier_believes_it(record: Record) -> None:
    seen, evidence = {}, {}
    for name, person in SIGNERS.items():
        seen[person.field] = await record.pdf(name)
        evidence[person.field] = (await record.signs(name))["evidence"]
    pdf = await record.pdf()
    found = await verdict(record, pdf)
    assert [each.problem for each in found.signed if each.problem] == []
    for person in SIGNERS.values():
        assert found.by_field[person.field].signer == person.subject.common_name
    assert found.whole
    assert not found.unsigned
    assert {field: found.by_field[field].evidence for field in evidence} == evidence
    assert all(pdf.startswith(before) for before in seen.values())
    signatures = record.engineer.case.record.signatures if record.engineer.case.record else ()
    assert {s.status for s in signatures} == {SignatureStatus.SIGNED}
    assert {s.field: s.evidence for s in signatures} == evidence
