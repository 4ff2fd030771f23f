"""Under what duplicates are found: the same company, number or address written in different ways has the same key."""

import re
import unicodedata

_NOISE = re.compile(r"[\W_]+")
_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "分公司",
    "集团",
    "公司",
    "incorporated",
    "corporation",
    "companylimited",
    "coltd",
    "limited",
    "gmbh",
    "corp",
    "inc",
    "llc",
    "ltd",
    "plc",
    "spa",
    "co",
)
"""Legal forms, the longer ones first; they end a name and tell no two companies apart."""
_MAINLAND = re.compile(r"(?:\+|00)?86(?=1\d{10}$|0?[2-9]\d{8,10}$)")
_SHORTEST_PHONE = 5


def name_key(name: str) -> str:
    """A name without case, width, accents, punctuation and legal form; the whole name if nothing else is left."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = _NOISE.sub("", "".join(c for c in letters if not unicodedata.combining(c)))
    short = bare
    for form in _FORMS:
        if short.endswith(form) and len(short) > len(form) + 1:
            short = short.removesuffix(form)
            break
    return short or bare or name


def phone_key(phone: str) -> str | None:
    """The digits of a number, without mainland China's country code; None if there are too few to call anybody."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", phone))
    local = _MAINLAND.sub("", digits, count=1).lstrip("+")
    return local if len(local) >= _SHORTEST_PHONE else None


def mail_key(mail: str) -> str | None:
    """A mail address as mail servers compare it in practice: without case; None if there is none."""
    return mail.strip().casefold() or None
