"""Figures side by side: ours, the bare one, their ratio, and whether the aim is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured quantity. `at_most` and `at_least` bound the ratio of ours to the bare figure."""

    name: str
    ours: float
    bare: float | None = None
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.bare if self.bare else None

    @property
    def met(self) -> bool | None:
        """True or False if there is an aim, else None."""
        if self.ratio is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or self.ratio <= self.at_most) and (
            self.at_least is None or self.ratio >= self.at_least
        )

    @property
    def aim(self) -> str:
        return " and ".join(
            f"{sign} {bound:g}" for sign, bound in (("<=", self.at_most), (">=", self.at_least)) if bound is not None
        )

    def as_json(self) -> dict[str, Any]:
        found = {"ours": self.ours, "bare": self.bare, "unit": self.unit, "ratio": self.ratio, "aim": self.aim or None}
        rounded = {key: round(value, 4) if isinstance(value, float) else value for key, value in found.items()}
        return {**rounded, "met": self.met}


@dataclass(frozen=True)
class Table:
    """What one section found. `columns` name the two sides: usually Wanbi and the bare workflow."""

    title: str
    figures: Sequence[Figure]
    columns: tuple[str, str] = ("Wanbi", "bare")
    notes: Sequence[str] = ()

    def as_text(self) -> str:
        heads = ("", *self.columns, "unit", "ratio", "aim", "")
        rows = [heads, *(_cells(figure) for figure in self.figures)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
        lines = [
            "  ".join(
                cell.ljust(width) if column in (0, 3, 5, 6) else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        return "\n".join([f"\n{self.title}", *(f"  {line}" for line in lines), *(f"  {note}" for note in self.notes)])

    def as_json(self) -> dict[str, Any]:
        return {figure.name: figure.as_json() for figure in self.figures}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def latencies(
    name: str,
    ours: Sequence[float],
    bare: Sequence[float],
    shares: Sequence[int],
    at_most: float | None = None,
    at_least: float | None = None,
) -> list[Figure]:
    """Percentiles in milliseconds from seconds; the aim is about the first of them."""
    return [
        Figure(
            f"{name} p{share}",
            percentile(ours, share / 100) * 1e3,
            percentile(bare, share / 100) * 1e3,
            "ms",
            at_most if share == shares[0] else None,
            at_least if share == shares[0] else None,
        )
        for share in shares
    ]


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {True: "met", False: "NOT met", None: ""}[figure.met]
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return (figure.name, _short(figure.ours), _short(figure.bare), figure.unit, ratio, figure.aim, met)


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.4g}"
