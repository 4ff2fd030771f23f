"""The forms of texts that come from outside: a pattern for the machine, and a name whose sentence people read."""

from domain.people import Role

NO_NUL = r"^[^\x00]*$"
"""No database and no connected system takes U+0000 in a text."""
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""Zero-width characters, and marks and overrides of the direction: with them two different texts look alike."""
UNSEEN = f"[{_CONTROLS}{_UNSEEN}]"
"""Any of the characters that TEXT does not take."""
TEXT = f"^[^{_CONTROLS}{_UNSEEN}]*$"
LINE = rf"^[^\x00-\x1f\x7f{_UNSEEN}]+$"
SAID = rf"^[^\x00]*[^\x00\s{_UNSEEN}][^\x00]*$"
"""A text that holds something which can be seen."""
KEY = r"^[A-Za-z0-9_.:-]{1,64}$"
SHA256 = r"^[0-9a-f]{64}$"
LOGIN = r"^[A-Za-z0-9_.@+-]{1,64}$"
EMAIL = rf"^[^@\s\x00-\x1f{_UNSEEN}]+@[^@\s\x00-\x1f{_UNSEEN}]+$"
URL = r"^https?://[^\s/@]+(/\S*)?$"
CASE_ID = r"^[0-9a-f]{32}$"
DOCUMENT_ID = r"^[0-9a-f]{32}-[0-9a-f]{16}$"
IDEMPOTENCY_KEY = r"^[\x21-\x7e]+$"
DECISION = r"^[a-z_]{1,64}$"
BASE64 = r"^[A-Za-z0-9+/]*={0,2}$"
BASE64URL = r"^[A-Za-z0-9_-]*$"
INTENT_ID = r"^[0-9a-f]{40}$"
SIX_DIGITS = r"^[0-9]{6}$"
REGION = r"^[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}$"
"""ISO 3166, such as CN-SH."""
MEDIA_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(;[ -~]*)?$"
"""RFC 9110, section 8.3.1, such as application/pdf."""
CURRENCY = r"^[A-Z]{3}$"
"""ISO 4217, such as CNY."""
SOME_AMOUNT = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$"
POSITIVE_AMOUNT = r"^([1-9][0-9]{0,8}(\.[0-9]{1,2})?|0\.([1-9][0-9]?|0[1-9]))$"
SHARE = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"
HALF_DAYS = r"^[0-9]{1,3}(\.[05])?$"
LEVEL = rf"^(head|witness|job:[\w-]+|role:({'|'.join(Role)}))$"

NAMES = {
    NO_NUL: "text",
    TEXT: "text",
    LINE: "line",
    SAID: "said",
    KEY: "key",
    SHA256: "sha256",
    LOGIN: "login",
    EMAIL: "email",
    URL: "url",
    CASE_ID: "case_id",
    DOCUMENT_ID: "document_id",
    IDEMPOTENCY_KEY: "idempotency_key",
    DECISION: "decision",
    INTENT_ID: "intent_id",
    BASE64: "base64",
    BASE64URL: "base64url",
    SIX_DIGITS: "six_digits",
    LEVEL: "level",
    REGION: "region",
    MEDIA_TYPE: "media_type",
    SOME_AMOUNT: "amount",
    POSITIVE_AMOUNT: "amount",
    CURRENCY: "currency",
    SHARE: "share",
    HALF_DAYS: "days",
}
"""By pattern, the last part of the key `form.…` in the catalogues."""
OTHER_FORM = "documented"
