"""What holds in one place: a jurisdiction's pack, the region's laid over it, and how far both are trusted."""

from dataclasses import dataclass, field
from datetime import date

from domain.law.answers import LegalAnswer, PinnedBook
from domain.law.packs import BadPack, RulePack
from domain.law.rules import Action, LegalRule, Review


class NoRule(LookupError):
    """The law that was asked has no such rule on that day; the message names both."""


@dataclass(frozen=True)
class RuleBook:
    national: RulePack
    regional: RulePack | None = None
    review: Review = field(default_factory=Review)

    def __post_init__(self) -> None:
        """Raises BadPack if the region's pack belongs to another jurisdiction."""
        over, under = self.regional, self.national
        if over is not None and (over.base, over.jurisdiction) != (under.name, under.jurisdiction):
            laid = f"{over.name} ({over.jurisdiction}) lies over {over.base!r}"
            raise BadPack(f"{laid}, not over {under.name!r} ({under.jurisdiction})")

    @property
    def pinned(self) -> PinnedBook:
        regional = self.regional
        return PinnedBook(
            self.national.name,
            self.national.version,
            regional.name if regional else "",
            regional.version if regional else "",
        )

    def find(self, rule_id: str, on: date) -> LegalRule | None:
        """The rule that holds on that day: the region's if it has one, else the jurisdiction's."""
        regional = self.regional.find(rule_id, on) if self.regional else None
        return regional or self.national.find(rule_id, on)

    def rule(self, rule_id: str, on: date) -> LegalRule:
        """As `find`. Raises NoRule if there is none."""
        found = self.find(rule_id, on)
        if found is None:
            raise NoRule(f"pack {self.national.name} {self.national.version} has no {rule_id} for {on.isoformat()}")
        return found

    def action(self, rule: LegalRule) -> Action:
        """What the software does about the rule here: what nobody has signed off may only warn in production."""
        return self.review.action_of(rule)

    def answer(
        self, rule_id: str, on: date, said: str, *, action: Action | None = None, reason: str = "", **values: object
    ) -> LegalAnswer:
        """An answer that cites the rule as it holds on that day. Raises NoRule.

        `said` is the working, the same in every language; `reason` and `values` make the sentence for people.
        """
        rule = self.rule(rule_id, on)
        pack = self.regional if self.regional and self.regional.find(rule_id, on) else self.national
        done = action or self.action(rule)
        return LegalAnswer(
            rule_id=rule.id,
            citation=f"{rule.cite.zh} / {rule.cite.en}",
            answer=said,
            pack=pack.name,
            pack_version=pack.version,
            action=done.value,
            reason=reason,
            values=tuple((name, str(value)) for name, value in values.items()),
        )
