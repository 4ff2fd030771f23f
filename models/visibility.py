"""Who sees what of a case: the least that each person needs (PIP-01)."""

from collections.abc import Iterable
from typing import Any

from domain.case import PaperKind
from domain.people import Role
from models.accounts import Caller

_MONEY = ("hr", "counsel", "auditor", "leaver")
"""What is paid or deducted is between the company and the leaver, too."""
_ABOUT_MONEY = ("payments", "deductions")
_CONTRACT = ("wage_on_file",)
"""Of the plan: what the contract says of money."""
_LAW_ASKED = "LawAsked"
_WORKING = ("answer", "reason", "values")
_PRIVATE_FACTS = ("Payment", "Deduction", "PlanMissing", "NonCompete")
"""Facts about money, and why the law refused a notice in the notice's own words."""
_PRIVATE_LAW = ("NOT-03", "NOT-10", "NC-")
"""Rules whose working tells of the notice's grounds or of somebody's contract; that they were asked is no secret."""
WHOLE = ("hr", "counsel", "auditor", "leaver", "witness")
_BY_ROLE = (Role.HR, Role.COUNSEL, Role.AUDITOR, Role.SECURITY, Role.ADMINISTRATOR, Role.ENGINEER)
_RESTRICTED = ("counsel", "auditor", "leaver")
"""Who reads a file that is only stored: for claims, for checks, and the person whom it is about (PIP-04, PIP-05)."""
RESTRICTED = "restricted"
"""What everybody else is to such a case: they see that there is one."""
ERASE_CERTIFICATE = "erase_certificate"
"""Kind of the document that says what was erased; it names nobody, and whoever sees the case may read it."""
_HEADER = ("case_id", "employee_id", "arrived_at", "stage", "last_day", "closed_at")
_STORED = ("restricted_at", "files", "ended_at")
_RUNNING = ("systems", "gaps")
_PAPER = "paper:"
_NOTICE_READERS = ("hr", "counsel", "auditor", "leaver")
_EXPORTERS = ("hr", "counsel", "auditor")
INTRODUCTION = "introduction"
"""Kind of the letters to customers: there may be thousands of a case, and each is read with its customer."""
_READERS = {
    PaperKind.PRIVACY_NOTICE: ("hr", "counsel", "auditor", "leaver"),
    PaperKind.FREEZE_AGREEMENT: ("hr", "counsel", "leaver"),
    PaperKind.CERTIFICATE: ("hr", "counsel", "auditor", "leaver"),
    PaperKind.SETTLEMENT_STATEMENT: ("hr", "counsel", "auditor", "leaver"),
    PaperKind.DEDUCTION_NOTICE: ("hr", "counsel", "auditor", "leaver"),
}
"""Notice and papers are between the company and the leaver: the witness sees the rest of the case, and none of them."""
COMMISSION_ASSESSMENT = "commission_assessment"
"""The kind of document under which the working about a leaver's commission is filed."""
_INTERNAL = {COMMISSION_ASSESSMENT: ("hr", "counsel", "auditor")}
"""The company's own working papers: the leaver is told in writing what is proposed, before anything is decided."""


SIGNING_EVIDENCE = "signing_evidence"
"""Kind of what was recorded of a signer's will: address, browser, how they confirmed it."""
_EVIDENCE_READERS = ("hr", "counsel", "auditor")
"""Beside the signer: the other parties see its hash, in the document."""


def concerns(caller: Caller, employee_id: str, takes_part: bool) -> bool:
    """True if the person is anything to the case at all: `relations` would not be empty."""
    return takes_part or caller.has(*_BY_ROLE) or (caller.employee_id is not None and caller.employee_id == employee_id)


def relations(caller: Caller, snapshot: dict[str, Any], takes_part: bool) -> tuple[str, ...]:
    """What the person is to this case, the widest view first; empty if it is none of their business."""
    plan = snapshot.get("plan") or {}
    found = [role.value for role in (Role.HR, Role.COUNSEL, Role.AUDITOR) if caller.has(role)]
    if caller.account == plan.get("leaver") or (caller.employee_id and caller.employee_id == snapshot["employee_id"]):
        found.append("leaver")
    if caller.account == plan.get("witness"):
        found.append("witness")
    if caller.has(Role.SECURITY):
        found.append("security")
    if any(item["receiver"] == caller.account for item in snapshot.get("items", ())):
        found.append("receiver")
    if any(seat["account"] == caller.account for c in snapshot.get("clearances", ()) for seat in c["seats"]):
        found.append("approver")
    found += [role.value for role in (Role.ADMINISTRATOR, Role.ENGINEER) if caller.has(role)]
    if not found and takes_part:
        found.append("earlier_participant")
    if is_restricted(snapshot) and found:
        found = [relation for relation in found if relation in _RESTRICTED] or [RESTRICTED]
    return tuple(found)


def is_restricted(snapshot: dict[str, Any]) -> bool:
    """True if the file is only stored, or erased already."""
    return bool((snapshot.get("aftercare") or {}).get("restricted_at"))


def sees_everything(of: tuple[str, ...]) -> bool:
    """True if a person with these relations sees the whole case."""
    return any(relation in WHOLE for relation in of)


def paper_document(kind: PaperKind) -> str:
    """The kind of document under which such a paper is stored."""
    return f"{_PAPER}{kind.value}"


def paper_kind(document_kind: str) -> PaperKind | None:
    """Which paper such a document is; None if it is something else."""
    return PaperKind(document_kind.removeprefix(_PAPER)) if document_kind.startswith(_PAPER) else None


def may_read_notice(of: tuple[str, ...]) -> bool:
    """True if a person with these relations may read the notice itself: it may tell of reasons that are private."""
    return any(relation in _NOTICE_READERS for relation in of)


def may_export(of: tuple[str, ...]) -> bool:
    """True if a person with these relations may take the case's evidence out: for the company, not as the leaver."""
    return any(relation in _EXPORTERS for relation in of) and "leaver" not in of


def may_read(
    document_id: str, document_kind: str, of: tuple[str, ...], shown: dict[str, Any], *, own: bool = False
) -> bool:
    """True if a person with these relations, who sees this part of the case, may read the document.

    `own`: it is the evidence of that person's own signature.
    """
    if document_kind == INTRODUCTION:
        return False
    if document_kind == SIGNING_EVIDENCE:
        return own or any(relation in _EVIDENCE_READERS for relation in of)
    paper = paper_kind(document_kind)
    if document_kind == ERASE_CERTIFICATE:
        return True
    if document_kind in _INTERNAL:
        return any(relation in _INTERNAL[document_kind] for relation in of)
    if paper is not None:
        return any(relation in _READERS[paper] for relation in of)
    record = shown.get("record") or {}
    return sees_everything(of) or document_id in (record.get("document_id"), record.get("sealed_id"))


def visible_fact(kind: str, data: dict[str, Any], of: tuple[str, ...]) -> dict[str, Any]:
    """What a person with these relations, who sees the whole case, may see of a fact: that it is there, in any case."""
    if _sees_money(of):
        return data
    if kind == _LAW_ASKED:
        return _told(data, "rule")
    return {} if kind.startswith(_PRIVATE_FACTS) else data


def _told(answer: dict[str, Any], rule: str) -> dict[str, Any]:
    """An answer of the law, without its working if that is private; `rule` is the key of the rule's id."""
    if not str(answer.get(rule, "")).startswith(_PRIVATE_LAW):
        return answer
    return {key: value for key, value in answer.items() if key not in _WORKING} | {"answer": ""}


def _without_reasons(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan for somebody who may not read the notice, nor what the leaver earns."""
    told: dict[str, Any] = {key: value for key, value in plan.items() if key not in _CONTRACT}
    for part in ("freeze", "non_compete", "settlement", "aftercare"):
        if told.get(part):
            told[part] = _law_told({key: value for key, value in told[part].items() if key not in _CONTRACT})
    return _law_told(told)


def _law_told(part: dict[str, Any]) -> dict[str, Any]:
    return part | {"law": [_told(answer, "rule_id") for answer in part["law"]]} if part.get("law") else part


def _sees_money(of: tuple[str, ...]) -> bool:
    return any(relation in _MONEY for relation in of)


def visible(snapshot: dict[str, Any], of: tuple[str, ...], account: str) -> dict[str, Any]:
    """The part of the snapshot that a person with these relations may see."""
    if _sees_money(of):
        return snapshot
    if sees_everything(of):
        told = {key: value for key, value in snapshot.items() if key not in _ABOUT_MONEY}
        return told | {"plan": _without_reasons(told["plan"])} if told.get("plan") else told
    shown: dict[str, Any] = {key: snapshot.get(key) for key in _HEADER}
    if RESTRICTED in of:
        return {**shown, "employee_id": "", "aftercare": {key: snapshot["aftercare"].get(key) for key in _STORED}}
    if "security" in of:
        shown |= {"systems": snapshot.get("systems"), "grants": snapshot.get("grants")}
    if "receiver" in of:
        shown["items"] = [i for i in snapshot.get("items", ()) if i["receiver"] == account]
    if "approver" in of:
        shown["items"] = snapshot.get("items")
        shown["clearances"] = [
            c for c in snapshot.get("clearances", ()) if any(seat["account"] == account for seat in c["seats"])
        ]
    if "administrator" in of or "engineer" in of:
        shown |= {key: snapshot.get(key) for key in _RUNNING}
    record = snapshot.get("record")
    if record and account in {*_signers(record), *(snapshot.get("plan") or {}).get("seal_keepers", ())}:
        shown["record"] = record
    return shown


def _signers(record: dict[str, Any]) -> set[str]:
    return {signature["account"] for signature in record["signatures"]}


def mentioned(value: Any) -> set[str]:
    """Every text in a snapshot that could be an account; the caller looks up which are."""
    if isinstance(value, str):
        return {value} if 0 < len(value) <= 64 else set()
    children: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found: set[str] = set()
    for child in children:
        found |= mentioned(child)
    return found
