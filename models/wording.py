"""Puts a notification into words: names in the place of keys, in one reader's language and time zone. No SQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain import agenda
from domain.case import Case
from domain.people import Text
from texts import listed, moment, text


@dataclass(frozen=True)
class Reader:
    """Whom a notification is for."""

    account: str
    language: str
    time_zone: str


@dataclass(frozen=True)
class Told:
    """What a reader is told. `tasks` are the lines of a reminder: what still waits for this reader."""

    subject: str
    body: str
    tasks: tuple[str, ...] = ()


_FAMILIES = {
    "paper": ("paper", "problem"),
    "duty": ("duty", "day"),
    "payment": ("payment", "day", "reason"),
    "deduction": ("deduction", "day", "reason", "amount"),
    "compensation": ("month", "day"),
    "erasure": ("file", "day", "problem"),
    "file": ("file",),
    "order": ("order",),
    "commission": ("reference", "day"),
    "log": ("problem",),
}
"""By a kind's first word: what the first subject is called, and what the last may be."""


@dataclass(frozen=True)
class Wording:
    """The names that a case's notifications mention."""

    case: Case
    leaver: str
    systems: Mapping[str, Text]

    def tell(self, kind: str, subjects: tuple[str, ...], reader: Reader) -> Told:
        """Subject and body of a notification of this kind about these subjects."""
        values = self._values(kind, subjects, reader)
        tasks = self._tasks(subjects, reader) if kind == "digest" else ()
        return Told(
            text(f"notification.{kind}.subject", reader.language, **values),
            text(f"notification.{kind}.body", reader.language, count=len(tasks), **values),
            tasks,
        )

    def _values(self, kind: str, subjects: tuple[str, ...], reader: Reader) -> dict[str, str]:
        values = {
            "leaver": self.leaver or self.case.case_id,  # an erased file knows nobody
            "last_day": self.case.last_day.isoformat() if self.case.last_day else "",
            "stage": self.case.stage.value,
        }
        about = subjects[-1] if subjects else ""
        if kind.startswith(("items_", "receiver_")):
            values["items"] = listed((self._item(key, reader) for key in subjects), reader.language)
        elif kind.startswith("clearance_"):
            values["department"] = self._department(about, reader)
        elif kind.startswith("access_"):
            values["system"] = self._system(about, reader)
        elif kind == "plan_missing":
            values["problem"] = about
        elif kind in ("portfolio_proposed", "portfolio_unassigned", "portfolio_left"):
            values["entries"] = subjects[0]
        elif kind.startswith("grant_"):
            values |= self._grant(subjects[0], reader)
        elif kind.startswith("last_day_"):
            values |= {"day": about, "when": _when(subjects[0], reader)}
        elif (family := kind.partition("_")[0]) in _FAMILIES:
            first, *last = _FAMILIES[family]
            values |= {first: subjects[0], **dict.fromkeys(last, about)}
        elif kind.startswith("limitation_") or kind == "non_compete_ended":
            values["day"] = about
        elif kind == "non_compete_rescindable":
            values["months"] = about
        return values

    def _tasks(self, keys: tuple[str, ...], reader: Reader) -> tuple[str, ...]:
        return tuple(
            self._line(task, reader)
            for task in agenda.tasks(self.case)
            if task.key in keys and reader.account in task.accounts
        )

    def _line(self, task: agenda.Task, reader: Reader) -> str:
        line, about = text(f"task.{task.kind}", reader.language), self._about(task, reader)
        if about:
            line = text("mail.task", reader.language, task=line, subject=about)
        if task.due_at is None:
            return line
        due = moment(task.due_at, reader.language, reader.time_zone, deadline=True)
        return text("mail.due", reader.language, task=line, moment=due)

    def _about(self, task: agenda.Task, reader: Reader) -> str:
        match task.key.partition(":")[0]:
            case "item":
                return self._item(task.subject, reader)
            case "clearance":
                return self._department(task.subject, reader)
            case "grant":
                return self._grant(task.subject, reader)["system"]
            case "duty":
                return text(f"duty.{task.subject}", reader.language)
            case "payment":
                return text(f"payment.{task.subject}", reader.language)
            case "deduction":
                return next((d.proposal.subject for d in self.case.deductions if d.id == task.subject), task.subject)
            case "compensation":
                return text("compensation.month", reader.language, month=task.subject)
        return ""

    def _item(self, key: str, reader: Reader) -> str:
        return next((_in(item.title, reader) for item in self.case.items if item.id == key), key)

    def _department(self, key: str, reader: Reader) -> str:
        return next((_in(c.title, reader) for c in self.case.clearances if c.department == key), key)

    def _system(self, key: str, reader: Reader) -> str:
        return _in(self.systems[key], reader) if key in self.systems else key

    def _grant(self, key: str, reader: Reader) -> dict[str, str]:
        grant = next((grant for grant in self.case.grants if grant.id == key), None)
        if grant is None:
            return {"system": key, "until": ""}
        ends = grant.expires_at
        until = moment(ends, reader.language, reader.time_zone, deadline=True) if ends else ""
        return {"system": self._system(grant.system, reader), "until": until}


def _in(names: Text, reader: Reader) -> str:
    return names.en if reader.language == "en" else names.zh


def _when(days: str, reader: Reader) -> str:
    """How far away a day is, if `days` is a number of days."""
    if not days.isdigit():
        return ""
    if days == "0":
        return text("when.today", reader.language)
    if days == "1":
        return text("when.tomorrow", reader.language)
    return text("when.later", reader.language, days=days)
