"""How the words of a notice are looked at: what is meant does not hang on blanks, signs or the width of a letter."""

import re
import unicodedata

GAP = "…"
"""In a phrase: a few characters may stand between its parts."""
_BETWEEN = ".{0,8}"


def found(phrases: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Those of the phrases that the text holds, in their order."""
    plain = _plain(text)
    return tuple(phrase for phrase in phrases if re.search(_pattern(phrase), plain))


def _pattern(phrase: str) -> str:
    return _BETWEEN.join(re.escape(_plain(part)) for part in phrase.split(GAP))


def _plain(text: str) -> str:
    """Letters and digits alone, in one width and size: nothing that can't be seen parts a word."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())
