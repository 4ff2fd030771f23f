"""How an answer of the law is shown to people: its citation and working, and one sentence in both languages."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from domain.law.answers import LegalAnswer
from domain.law.rules import Action, LegalRule
from models.law import library
from texts import LANGUAGES, text

_ANSWERS: TypeAdapter[tuple[LegalAnswer, ...]] = TypeAdapter(tuple[LegalAnswer, ...])


class LawAnswer(BaseModel):
    """One answer of the law: which rule, from which version of which pack, and what it means here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rule": "NOT-01",
                    "citation": "《劳动合同法》第三十七条 / Labour Contract Law art. 37",
                    "working": "2026-11-23 + 30 = 2026-12-23",
                    "action": "record",
                    "pack": "cn",
                    "pack_version": "2026-11",
                    "messages": {
                        "zh": "正式员工提前三十日书面通知即可解除劳动合同，这是员工的权利，无需任何人批准。",
                        "en": "A regular employee ends the contract by thirty days' notice in writing.",
                    },
                }
            ]
        }
    )

    rule: str
    citation: str
    """Chinese and English, separated by " / "."""
    working: str
    """Figures and signs only: the same in every language."""
    action: Action
    """What the software does about it here: block, warn or record."""
    pack: str
    pack_version: str
    messages: dict[str, str]
    """One sentence, by language."""


def shown(answer: LegalAnswer) -> LawAnswer:
    """The answer with its sentence: the catalogue's, filled with its values, or else what the rule itself says."""
    return LawAnswer(
        rule=answer.rule_id,
        citation=answer.citation,
        working=answer.answer,
        action=Action(answer.action),
        pack=answer.pack,
        pack_version=answer.pack_version,
        messages=_messages(answer),
    )


def all_shown(answers: Iterable[LegalAnswer]) -> list[LawAnswer]:
    """Each of them as `shown`."""
    return [shown(answer) for answer in answers]


def of_case(snapshot: Mapping[str, Any]) -> list[LawAnswer]:
    """What the law said when the case opened: of notice, freeze, non-compete, payments, aftercare; nothing before."""
    plan = snapshot.get("plan") or {}
    parts = (plan, *(plan.get(part) or {} for part in ("freeze", "non_compete", "settlement", "aftercare")))
    answers = [answer for part in parts for answer in part.get("law", ())]
    return all_shown(_ANSWERS.validate_python(answers))


def _messages(answer: LegalAnswer) -> dict[str, str]:
    if answer.reason:
        return {language: text(f"law.{answer.reason}", language, **dict(answer.values)) for language in LANGUAGES}
    rule = _rule_of(answer)
    if rule is None:
        return dict.fromkeys(LANGUAGES, answer.citation)
    return {"zh": rule.says.zh, "en": rule.says.en}


def _rule_of(answer: LegalAnswer) -> LegalRule | None:
    """The version of the rule that answered, by its citation; None if its pack does not ship any more."""
    try:
        pack = library().pack(answer.pack, answer.pack_version)
    except KeyError:
        return None
    cited = (r for r in pack.rules if r.id == answer.rule_id and f"{r.cite.zh} / {r.cite.en}" == answer.citation)
    return next(cited, None)
