"""Texts in spreadsheets: what a program would take for a formula is marked as text on its way out, and read back."""

HAZARDS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins with one of these may be carried out by a spreadsheet; full-width ones by East Asian editions."""
_MARK = "'"


def neutralised(text: str) -> str:
    """The text as no spreadsheet carries it out: behind the apostrophe with which spreadsheets mark text."""
    return _MARK + text if text.lstrip(_MARK).startswith(HAZARDS) else text


def plain(text: str) -> str:
    """What a text meant before it was neutralised."""
    return text[1:] if text.startswith(_MARK) and text.lstrip(_MARK).startswith(HAZARDS) else text
