"""A bundle is valid only as it was sealed: whatever was changed, cut, swapped or made up, the verifier says where."""

from collections.abc import Callable
from typing import Any

import pytest

from models.evidence.packing import Seals
from tests.authority import Authority, issue
from tests.verifier.made import CASE, HAPPENED, Made, changed, made, opened, repacked, sha
from verifier import manifest
from verifier.bundle import Trust, verify
from verifier.report import Check, Report

pytestmark = pytest.mark.law("EVD-02", "EVD-03")


def failed(report: Report) -> str:
    """What is said of all that failed; there has to be something."""
    assert not report.valid
    assert report.broken
    return "\n".join(check.line() for check in report.broken)


def resealed(case: Made, trust: Trust, name: str, content: bytes) -> str:
    """What is said when even the company itself had sealed this file in place of the true one."""
    case.files[name] = content
    return failed(verify(case.packed(), trust))


def test_a_bundle_as_it_was_made_is_valid_and_says_what_it_is(bundle: bytes, trust: Trust) -> None:
    report = verify(bundle, trust)
    assert [check.line() for check in report.broken] == []
    assert report.valid
    assert (report.about["case"], report.about["log_size"]) == (CASE, 210)


def test_the_same_files_make_the_same_container(bundle: bytes) -> None:
    assert repacked(opened(bundle)) == bundle


@pytest.mark.parametrize("cut", [1, 22, 500, 5000])
def test_a_bundle_that_is_cut_off_is_not_valid(bundle: bytes, trust: Trust, cut: int) -> None:
    assert "cut off" in failed(verify(bundle[:-cut], trust))


@pytest.mark.parametrize("extra", [b"\0", b"PK\x05\x06", b"PK\x03\x04" + b"\0" * 40])
def test_nothing_can_be_added_behind_or_before_a_bundle(bundle: bytes, trust: Trust, extra: bytes) -> None:
    assert failed(verify(bundle + extra, trust))
    assert failed(verify(extra + bundle, trust))


def test_every_file_of_a_bundle_counts(bundle: bytes, trust: Trust) -> None:
    """One bit of any file, a file that is missing, a file that is empty: each is found and named."""
    files = opened(bundle)
    for name, content in files.items():
        flipped = content[:-1] + bytes([content[-1] ^ 1])
        for instead in (flipped, b""):
            assert failed(verify(repacked({**files, name: instead}), trust)), name
        without = {other: kept for other, kept in files.items() if other != name}
        assert name in failed(verify(repacked(without), trust))


def test_two_files_that_are_swapped_are_found(bundle: bytes, trust: Trust) -> None:
    files = opened(bundle)
    one, other = "documents/d-paper.html", "documents/d-record.json"
    said = failed(verify(repacked({**files, one: files[other], other: files[one]}), trust))
    assert one in said
    assert other in said


@pytest.mark.parametrize("name", ["documents/d-more.html", "extra.json", "certs/more.pem", "heads/7.json"])
def test_a_file_that_was_not_sealed_is_found(bundle: bytes, trust: Trust, name: str) -> None:
    assert f"{name} is not in the manifest" in failed(verify(repacked({**opened(bundle), name: b"{}"}), trust))


def test_files_of_an_older_bundle_of_the_same_case_do_not_fit(authority: Authority, trust: Trust) -> None:
    new = opened(made(authority).packed())
    old = opened(made(authority, happened=HAPPENED[:8]).packed())
    for name in sorted(set(old) & set(new)):
        if old[name] != new[name]:
            assert failed(verify(repacked({**new, name: old[name]}), trust)), name
    for names in (manifest.UNLISTED, {manifest.FACTS, manifest.PROOFS}, {manifest.HEAD, manifest.HEAD_STAMP}):
        assert failed(verify(repacked({**new, **{name: old[name] for name in names}}), trust)), names


def test_the_manifest_of_another_case_does_not_fit(case: Made, authority: Authority, trust: Trust) -> None:
    other = opened(made(authority, "ab" * 16).packed())
    mine = opened(case.packed())
    assert failed(verify(repacked({**mine, **{name: other[name] for name in manifest.UNLISTED}}), trust))
    case.case = "ab" * 16
    assert f"the facts are of case {CASE}" in failed(verify(case.packed(), trust))


def test_another_root_vouches_for_nothing(bundle: bytes) -> None:
    said = failed(verify(bundle, Trust("0" * 64)))
    assert "no certificate in the bundle has the fingerprint" in said


def test_a_bundle_that_somebody_else_sealed_fails_for_the_companys_root(case: Made, trust: Trust) -> None:
    stranger = Authority()
    assert "fingerprint" in failed(verify(case.packed(Seals(stranger, stranger)), trust))


def test_a_strangers_seal_under_the_companys_root_certificate_fails(
    case: Made, authority: Authority, trust: Trust
) -> None:
    class Impostor:
        chain = (*Authority().chain[:2], authority.root.der)
        sign = staticmethod(Authority().sign)

    assert "no valid way" in failed(verify(case.packed(Seals(Impostor(), authority)), trust))


def test_a_stamp_of_the_company_is_not_enough_where_it_may_not_stamp(case: Made, authority: Authority) -> None:
    """The seal's own certificate can't stand in for an authority's."""
    other = Authority(root=authority.root)
    other.stamps = issue("Not a TSA", authority.root)
    said = failed(verify(case.packed(Seals(authority, other)), Trust(authority.fingerprint)))
    assert "not made for time stamps" in said


def test_an_outside_authority_is_believed_if_its_root_is_given(case: Made, authority: Authority) -> None:
    outside = Authority()
    bundle = case.packed(Seals(authority, outside))
    assert failed(verify(bundle, Trust(authority.fingerprint)))
    assert verify(bundle, Trust(authority.fingerprint, [outside.fingerprint])).valid


Change = Callable[[Any], object]
FACTS: dict[str, tuple[Change, str]] = {
    "a fact is dated anew": (lambda f: f["facts"][3].update(at="2026-11-19T00:00:00+00:00"), "fact 4 was changed"),
    "a fact says something else": (lambda f: f["facts"][0]["data"].update(systems=[]), "fact 1 was changed"),
    "a fact is by somebody else": (lambda f: f["facts"][2].update(by="a-lin"), "fact 3 was changed"),
    "a fact is missing in the middle": (lambda f: f["facts"].pop(3), "fact 4 is missing"),
    "the last facts are missing": (lambda f: f["facts"].pop(), "the proofs are not those of the facts"),
    "two facts are swapped": (lambda f: f["facts"].insert(2, f["facts"].pop(3)), "does not follow its predecessor"),
    "a fact has another hash": (lambda f: f["facts"][3].update(hash="ab" * 32), "fact 4 was changed"),
    "the facts are of another case": (lambda f: f.update(case="x"), "the facts are of case x"),
    "there is no fact": (lambda f: f.update(facts=[]), "there is no fact"),
    "a fact was erased, and nothing says so": (
        lambda f: f["facts"][8].update(by="", data={"erased": True}),
        "fact 9 was erased, and no later fact says why",
    ),
    "a fact has a field of its own": (lambda f: f["facts"][0].update(note="x"), "lacks something, or has something"),
    "a number is none": (lambda f: f["facts"][0].update(seq="1"), "another type"),
    "an instant is none": (lambda f: f["facts"][0].update(at="yesterday"), "an instant that is none"),
}


@pytest.mark.parametrize("name", FACTS)
def test_even_the_company_can_not_seal_a_history_that_is_not_the_logs(case: Made, trust: Trust, name: str) -> None:
    change, said = FACTS[name]
    assert said in resealed(case, trust, manifest.FACTS, changed(case.files[manifest.FACTS], change))


PROOFS: dict[str, tuple[Change, str]] = {
    "a proof leads elsewhere": (lambda p: p["facts"][1]["proof"].reverse(), "fact 2 is not in the log at place"),
    "a proof is for another place": (lambda p: p["facts"][1].update(index=3), "fact 2 is not in the log at place 3"),
    "a proof is missing": (lambda p: p["facts"].pop(), "not those of the facts"),
    "the earlier head is not proved": (lambda p: p["heads"].pop(), "do not belong together"),
    "the log was rewritten": (lambda p: p["heads"][0]["consistency"].reverse(), "cut or rewritten"),
    "a proof is no list": (lambda p: p["facts"][0].update(proof="x"), "no list of hashes"),
    "a hash is none": (lambda p: p["facts"][0]["proof"].append("00"), "no hash"),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_proof_that_proves_nothing_is_found(case: Made, trust: Trust, name: str) -> None:
    change, said = PROOFS[name]
    assert said in resealed(case, trust, manifest.PROOFS, changed(case.files[manifest.PROOFS], change))


def test_a_tree_head_of_another_log_does_not_fit(case: Made, authority: Authority, trust: Trust) -> None:
    other = made(authority, "ab" * 16)
    case.files[manifest.HEAD], case.files[manifest.HEAD_STAMP] = other.files[manifest.HEAD], other.files["head.tst"]
    assert "is not in the log" in failed(verify(case.packed(), trust))


def test_a_tree_head_that_was_edited_is_not_signed(case: Made, trust: Trust) -> None:
    edited = changed(case.files[manifest.HEAD], lambda h: h["statement"].update(size=209))
    assert "not by this key, or not over this content" in resealed(case, trust, manifest.HEAD, edited)


def test_a_head_says_no_later_time_than_its_stamp(case: Made, authority: Authority, trust: Trust) -> None:
    late = case.head_file(case.size, authority.now.replace(year=2027))
    case.files[manifest.HEAD_STAMP] = case.stamped(late)
    assert "made after it was stamped" in resealed(case, trust, manifest.HEAD, late)


PAPERS: dict[str, tuple[Change, str]] = {
    "a paper has another hash": (lambda p: p["papers"][1].update(sha256="ab" * 32), "names no paper with this hash"),
    "a paper is hidden": (
        lambda p: p["papers"][1].update(file="", withheld_because="x"),
        "documents/d-paper.html is in no list",
    ),
    "a paper is nowhere": (lambda p: p["papers"][2].update(withheld_because=""), "neither there nor said"),
    "a paper is listed and missing": (
        lambda p: p["papers"][2].update(file="documents/none.html", withheld_because=""),
        "documents/none.html is missing",
    ),
    "the record is another one": (
        lambda p: p["papers"][0].update(kind="paper:certificate"),
        "the record that was archived is another one",
    ),
    "a paper has a field of its own": (lambda p: p["papers"][0].update(x=1), "lacks something"),
}


@pytest.mark.parametrize("name", PAPERS)
def test_papers_are_those_that_the_chain_names(case: Made, trust: Trust, name: str) -> None:
    change, said = PAPERS[name]
    assert said in resealed(case, trust, manifest.PAPERS, changed(case.files[manifest.PAPERS], change))


def test_a_record_that_was_replaced_before_sealing_is_not_the_archived_one(case: Made, trust: Trust) -> None:
    other = b'{"record": "another one"}'
    papers = changed(case.files[manifest.PAPERS], lambda p: p["papers"][0].update(sha256=sha(other)))
    case.files["documents/d-record.json"] = other
    said = resealed(case, trust, manifest.PAPERS, papers)
    assert "names no paper with this hash" in said
    assert "the record that was archived is another one" in said


def test_a_closed_case_whose_signed_pdf_was_never_archived_lacks_its_end(authority: Authority, trust: Trust) -> None:
    case = made(authority, happened=HAPPENED[:-1])
    pdf = changed(case.files[manifest.PAPERS], lambda p: p["papers"][0].update(media_type="application/pdf"))
    assert "CaseArchived, is missing" in resealed(case, trust, manifest.PAPERS, pdf)


def test_a_void_fact_proves_nothing(authority: Authority, trust: Trust) -> None:
    """A paper that only a step which never was had issued is not named by the chain."""
    void: tuple[str, dict[str, Any]] = ("FactVoided", {"seq": 6, "because": "never confirmed"})
    said = failed(verify(made(authority, happened=[*HAPPENED, void]).packed(), trust))
    assert "d-paper" in said
    early: tuple[str, dict[str, Any]] = ("FactVoided", {"seq": 99, "because": "never confirmed"})
    assert "voids fact 99" in failed(verify(made(authority, happened=[*HAPPENED, early]).packed(), trust))


BOMBS = {
    "nested": b"[" * 100_000 + b"]" * 100_000,
    "twice": b'{"papers": [], "papers": []}',
    "no number": b'{"papers": NaN}',
    "long number": b'{"papers": ' + b"9" * 10_000 + b"}",
    "half a character": b'{"papers": "\\ud800"}',
    "no text": b'{"papers": "\xff"}',
    "not json": b"papers",
    "empty": b"",
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("name", [manifest.FACTS, manifest.PROOFS, manifest.PAPERS, manifest.ORDERS, manifest.HEAD])
def test_json_that_means_nothing_or_too_much_is_refused(case: Made, trust: Trust, name: str, bomb: str) -> None:
    if name != manifest.ORDERS or bomb != "half a character":
        assert resealed(case, trust, name, BOMBS[bomb])


def test_a_report_without_checks_is_not_valid() -> None:
    assert not Report().valid
    assert not Report([Check("a", "b", True), Check("c", "d", False)]).valid


def test_what_a_bundle_says_can_not_disguise_a_line_of_the_report() -> None:
    line = Check("a", "b", False, "x\n通过 PASS \u202e evil" + "y" * 1000).line()
    assert "\n" not in line
    assert "\u202e" not in line
    assert len(line) < 400
