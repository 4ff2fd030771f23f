"""Every sentence the product says, in Chinese and English: keyed messages from two gettext catalogues.

A message names what fills it: `{hours}`. `{stage:stage}` fills in a value by its own message (`stage.signing`; several
values are separated by ", "), `{day:day}` a date as the language writes it, and nothing at all is filled in as "none".
A missing message never stops anything: its key is shown, with a `MissingText` warning, which is an error in the tests.
"""

import string
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.pofile import read_po

from domain.timezones import zone

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
LOCALES = Path(__file__).parent / "locales"
_DAY = {"zh": "y年M月d日", "en": "d MMMM y"}
_MOMENT = {"zh": "y年M月d日 EEE HH:mm", "en": "EEE d MMMM y, HH:mm"}
_LAST_MINUTE = {"zh": "y年M月d日 EEE 24:00", "en": "EEE d MMMM y, 24:00"}


class MissingText(UserWarning):
    """A catalogue lacks a message, or the caller lacks a value that the message names."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All messages of one language by key. Raises babel's PoFileError if the file is damaged."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in messages if message.id}


def language_or_default(language: str) -> str:
    """`language` if there is a catalogue for it, else Chinese."""
    return language if language in LANGUAGES else DEFAULT


def text(key: str, language: str, **values: Any) -> str:
    """The message `key` with its values filled in; the key itself if there is no such message."""
    language = language_or_default(language)
    message = catalogue(language).get(key)
    if not message:
        warnings.warn(f"no text {key!r} in {language!r}", MissingText, stacklevel=2)
        return key
    return _Filler(language).vformat(message, (), values)


class _Filler(string.Formatter):
    def __init__(self, language: str) -> None:
        self._language = language

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if key in kwargs:
            return kwargs[str(key)]
        warnings.warn(f"no value for {key!r}", MissingText, stacklevel=4)
        return f"{{{key}}}"

    def format_field(self, value: Any, format_spec: str) -> str:
        if value in ("", None):
            return text("none", self._language)
        if not format_spec:
            return str(value)
        if format_spec == "day":
            return day(value, self._language)
        return listed(
            (text(f"{format_spec}.{part}", self._language) for part in str(value).split(", ")), self._language
        )


def day(value: date | str, language: str) -> str:
    """A calendar day, given as a date or in ISO 8601, as the language writes it; any other text as it is."""
    language = language_or_default(language)
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return format_date(found, _DAY[language], locale=language)


def moment(instant: datetime, language: str, zone_name: str, *, deadline: bool = False) -> str:
    """An instant on that zone's wall clock, with the offset from UTC; a deadline at 0:00 as 24:00 of the day before."""
    language = language_or_default(language)
    local = instant.astimezone(zone(zone_name))
    pattern = _MOMENT[language]
    if deadline and (local.hour, local.minute) == (0, 0):
        local, pattern = local - timedelta(minutes=1), _LAST_MINUTE[language]
    return f"{format_datetime(local, pattern, locale=language)} ({format_datetime(local, 'OOOO', locale=language)})"


def listed(names: Iterable[str], language: str) -> str:
    """Several names as the language lists them; "none" for no names."""
    found = list(names)
    return format_list(found, locale=language_or_default(language)) if found else text("none", language)
