"""How rules of law are shown: what they say, and what the software makes of them here."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, Field

from domain.law import known
from domain.law.packs import Parameters, RulePack
from domain.law.rulebook import RuleBook
from domain.law.rules import Action, Anchor, Confidence, LegalRule, Review, Value
from domain.people import Text


class Section(StrEnum):
    """What a rule is about."""

    NOTICE = "notice"
    HANDOVER = "handover"
    FREEZE = "freeze"
    PAY = "pay"
    EVIDENCE = "evidence"
    PERSONAL_INFORMATION = "personal_information"
    LIMITATION = "limitation"
    SECRETS = "secrets"
    REGIONAL = "regional"


RULES: dict[Section, Parameters] = {
    Section.NOTICE: known.NOTICE,
    Section.HANDOVER: known.HANDOVER,
    Section.FREEZE: known.FREEZE,
    Section.PAY: known.PAY,
    Section.EVIDENCE: known.EVIDENCE,
    Section.PERSONAL_INFORMATION: known.PERSONAL_INFORMATION,
    Section.LIMITATION: known.LIMITATION,
    Section.SECRETS: known.SECRETS,
    Section.REGIONAL: known.REGIONAL,
}
"""In the order in which they are shown."""


class Sentence(BaseModel):
    zh: str
    en: str


class OverrideView(BaseModel):
    """Who lets the rule block here before a lawyer has signed it off, and why."""

    by: str
    reason: str


class RuleView(BaseModel):
    """One rule as it holds, and what the software makes of it here."""

    rule: str = Field(examples=["NOT-01"])
    section: Section
    cite: Sentence
    quote_zh: str
    says: Sentence
    does: Sentence
    action: Action
    """What the software does here: in production a rule that nobody has signed off only warns."""
    pack_action: Action
    override: OverrideView | None
    confidence: Confidence
    effective_from: date
    effective_to: date | None
    anchor: Anchor
    """The event whose day decides which version of the rule holds."""
    params: dict[str, bool | int | str | list[int | str]] = Field(examples=[{"notice_days": 30}])
    """Its figures; decimals are text."""
    reviewed_by: str
    reviewed_at: date | None
    pack: str = Field(examples=["cn"])
    pack_version: str = Field(examples=["2026-11"])


class RulesView(BaseModel):
    """What holds on one day in one place."""

    on: date
    region: str
    """As asked for; `regional_pack` is null where it has no pack of its own, and the national law holds alone."""
    time_zone: str = Field(examples=["Asia/Shanghai"])
    production: bool
    """True: a rule blocks only if a lawyer has signed it off, or somebody answers for it by an override."""
    national_pack: str = Field(examples=["cn 2026-11"])
    regional_pack: str | None = Field(examples=["cn-sh 2026-11"])
    rules: list[RuleView]


class TemplateView(BaseModel):
    """The notice template of another jurisdiction: nobody has verified it, it warns and never refuses."""

    jurisdiction: str = Field(examples=["HK"])
    pack: str = Field(examples=["hk"])
    pack_version: str = Field(examples=["2026-11"])
    time_zone: str = Field(examples=["Asia/Hong_Kong"])
    currency: str = Field(examples=["HKD"])
    rules: list[RuleView]


def rules_view(book: RuleBook, region: str, on: date, section: Section | None) -> RulesView:
    """Every rule of the book that holds on that day, or those of one section."""
    found = []
    for about, ids in RULES.items():
        for rule_id in ids if section in (None, about) else ():
            if (rule := book.find(rule_id, on)) is not None:
                over = book.regional
                pack = over if over is not None and over.find(rule_id, on) else book.national
                found.append(rule_view(pack, rule, about, book.review))
    return RulesView(
        on=on,
        region=region,
        time_zone=book.national.time_zone,
        production=book.review.production,
        national_pack=_named(book.national),
        regional_pack=_named(book.regional) if book.regional else None,
        rules=found,
    )


def rule_view(pack: RulePack, rule: LegalRule, section: Section, review: Review) -> RuleView:
    """One rule, with what an installation that trusts rules so far makes of it."""
    override = review.overrides.get(rule.id)
    return RuleView(
        rule=rule.id,
        section=section,
        cite=_sentence(rule.cite),
        quote_zh=rule.quote_zh,
        says=_sentence(rule.says),
        does=_sentence(rule.does),
        action=review.action_of(rule),
        pack_action=rule.action,
        override=OverrideView(by=override.by, reason=override.reason) if override else None,
        confidence=rule.confidence,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        anchor=rule.anchor,
        params={name: _plain(value) for name, value in rule.params.items()},
        reviewed_by=rule.reviewed_by,
        reviewed_at=rule.reviewed_at,
        pack=pack.name,
        pack_version=pack.version,
    )


def template_view(pack: RulePack, review: Review) -> TemplateView:
    """A notice template with all its versions of its rules."""
    return TemplateView(
        jurisdiction=pack.jurisdiction,
        pack=pack.name,
        pack_version=pack.version,
        time_zone=pack.time_zone,
        currency=pack.currency,
        rules=[rule_view(pack, rule, Section.NOTICE, review) for rule in pack.rules],
    )


def _sentence(text: Text) -> Sentence:
    return Sentence(zh=text.zh, en=text.en)


def _named(pack: RulePack) -> str:
    return f"{pack.name} {pack.version}"


def _plain(value: Value) -> bool | int | str | list[int | str]:
    if isinstance(value, tuple):
        return [str(part) if isinstance(part, Decimal) else part for part in value]
    return str(value) if isinstance(value, Decimal) else value
