"""Settings of every process, from the environment (WANBI_…). Unsafe or missing values stop the process at once."""

import base64
import binascii
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from domain.law.known import ALL
from domain.law.rules import Override

DATA = Path(os.environ.get("WANBI_DATA", ".data"))
SECRETS_FILE = DATA / "secrets.env"
DEMO_COMPANY = "完璧示例有限公司"
_PLACEHOLDERS = ("change", "secret", "example", "password", "placeholder")
_HARMLESS = ("int_parsing", "bool_parsing", "literal_error", "greater_than_equal", "less_than_equal")
"""Errors about settings that are no secrets: what was given may be shown."""
OWN_TSA = "own"
"""In the list of time stamp authorities: the company's own."""
SHORTEST_PASSPHRASE = 20
HIGHEST_PORT = 65_535
Port = Annotated[int, Field(ge=1, le=HIGHEST_PORT)]


class UnfitSettings(SystemExit):
    """Which settings are missing or wrong, a line each. Unless caught, it ends the process: the lines, exit code 1."""


class Settings(BaseSettings):
    """Everything that may differ between two installations."""

    model_config = SettingsConfigDict(env_prefix="WANBI_", env_file=SECRETS_FILE, extra="ignore", frozen=True)

    environment: Literal["demo", "test", "production"] = "demo"
    data: Path = DATA
    database_url: str = ""
    """SQLAlchemy URL; empty: an SQLite file in the data folder."""

    company_name: str = ""
    """The employer's registered name, as it stands on its seal: papers are issued in it."""
    fonts: Path | None = None
    """A folder of the company's own fonts (.otf, .ttf, .ttc), for characters that those of the packages lack."""
    industry: Literal["", "logistics", "manufacturing", "e_commerce", "retail"] = ""
    """The pack that set-up puts in force if none was chosen yet; the sample company's, too. It can be changed later."""

    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: str = ""
    temporal_port: Annotated[int, Field(ge=1, le=HIGHEST_PORT - 10)] = 7233
    """Of the dev server that `make run` starts; its HTTP API listens ten above."""
    temporal_ui_port: Annotated[int, Field(ge=1, le=HIGHEST_PORT - 1000)] = 8233
    """Likewise; its metrics listen a thousand above."""
    temporal_address: str = Field(default_factory=lambda known: f"127.0.0.1:{known['temporal_port']}")
    temporal_namespace: str = "wanbi"
    temporal_ui_url: str = Field(default_factory=lambda known: f"http://127.0.0.1:{known['temporal_ui_port']}")
    worker_metrics_port: Port = 9464
    worker_queues: Literal["all", "cases", "access"] = "all"
    max_cached_cases: int = Field(default=1000, ge=10)

    payload_keys: dict[str, SecretStr]
    """Key ring for payloads in Temporal: id to 32 bytes in base64. Old keys stay as long as histories need them."""
    payload_key: str
    """Id of the key that encrypts from now on."""
    proof_keys: dict[str, SecretStr]
    proof_key: str
    seal_keys: dict[str, SecretStr]
    seal_key: str
    tree_keys: dict[str, SecretStr]
    """Key ring of the log across cases: each signs its tree heads; old keys stay, so that old heads can be checked."""
    tree_key: str
    tree_head_minutes: int = Field(default=60, ge=5, le=1440)
    """So often what has happened enters the log, and its new tree head is signed and stamped."""
    webhook_secrets: dict[str, SecretStr] = {}
    """Secrets of webhook connectors by name, in the form of Standard Webhooks (whsec_…)."""

    keys_folder: Path = Field(default_factory=lambda known: known["data"] / "keys")
    """Certificates and wrapped keys, as `python -m commands.ceremony` makes them."""
    keys_passphrase: SecretStr = SecretStr("")
    """Unwraps them, where they are not in a token."""
    pkcs11_library: str = ""
    """A PKCS#11 module: keys of the seal, the issuing authority and the services are then made in its token."""
    pkcs11_token: str = ""
    pkcs11_pin: SecretStr = SecretStr("")

    tsa_urls: list[str] = []
    """Time stamp authorities in the order in which they are asked; `own` is the company's. Empty: its own alone."""
    tsa_roots: str = ""
    """Roots that the others' certificates must lead to: path of a PEM file."""
    licensed_ca_name: str = ""
    """A licensed provider of electronic certification (ESG-03), asked in place of the own authority."""
    licensed_ca_licence: str = ""
    licensed_ca_url: str = ""
    licensed_ca_secret: SecretStr = SecretStr("")
    licensed_ca_roots: str = ""
    """Path of a PEM file, as above."""
    anchor_name: str = ""
    """Who keeps evidence apart from the company; none: a time stamp does."""
    anchor_url: str = ""
    anchor_secret: SecretStr = SecretStr("")

    law_overrides: dict[str, dict[str, str]] = {}
    """Rules that may refuse in production though no lawyer has signed them off: rule id to `by` and `reason`."""

    smtp_host: str = ""
    smtp_port: Port = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = False
    mail_from: str = "wanbi@localhost"

    idempotency_days: int = Field(default=30, ge=2, le=3660)
    """For so long a request that is repeated with its key gets the answer of before, and acts no second time."""
    session_hours: int = Field(default=12, ge=1, le=72)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("fonts", mode="before")
    @classmethod
    def _folder_or_none(cls, given: object) -> object:
        return given or None

    @field_validator("payload_keys", "proof_keys", "seal_keys", "tree_keys")
    @classmethod
    def _strong(cls, ring: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, secret in ring.items():
            text = secret.get_secret_value()
            try:
                size = len(base64.b64decode(text, validate=True))
            except binascii.Error:
                size = 0
            if size != 32:
                raise ValueError(f"key {name!r} must be 32 random bytes in base64 (make one: openssl rand -base64 32)")
            if any(word in text.lower() for word in _PLACEHOLDERS):
                raise ValueError(f"key {name!r} looks like a placeholder")
        return ring

    @field_validator("keys_passphrase")
    @classmethod
    def _long(cls, passphrase: SecretStr) -> SecretStr:
        text = passphrase.get_secret_value()
        if text and (len(text) < SHORTEST_PASSPHRASE or any(word in text.lower() for word in _PLACEHOLDERS)):
            raise ValueError(f"at least {SHORTEST_PASSPHRASE} characters that nobody guesses: openssl rand -hex 16")
        return passphrase

    @field_validator("law_overrides")
    @classmethod
    def _answered_for(cls, overrides: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for rule, given in overrides.items():
            if rule not in ALL:
                raise ValueError(f"WANBI_LAW_OVERRIDES names {rule!r}, which is no rule (GET /api/v1/law/rules)")
            if set(given) != {"by", "reason"}:
                raise ValueError(f"WANBI_LAW_OVERRIDES: {rule} takes by and reason, and nothing else")
            try:
                Override(**given)
            except ValueError as error:
                raise ValueError(f"WANBI_LAW_OVERRIDES: {rule}: {error}") from error
        return overrides

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        for name in ("payload", "proof", "seal", "tree"):
            ring, active = getattr(self, f"{name}_keys"), getattr(self, f"{name}_key")
            if active not in ring:
                raise ValueError(f"WANBI_{name.upper()}_KEY names {active!r}, which WANBI_{name.upper()}_KEYS lacks")
        if self.fonts is not None and not self.fonts.is_dir():
            raise ValueError(
                f"WANBI_FONTS names {self.fonts}, which is no folder: name one with fonts, or leave it out"
            )
        if self.environment == "production" and self.url.startswith("sqlite"):
            raise ValueError("production needs PostgreSQL: set WANBI_DATABASE_URL")
        if self.environment == "production" and not self.company_name.strip():
            raise ValueError("papers need the employer's registered name: set WANBI_COMPANY_NAME")
        self._require_complete("PKCS11", self.pkcs11_library, self.pkcs11_token, self.pkcs11_pin)
        self._require_complete("ANCHOR", self.anchor_name, self.anchor_url, self.anchor_secret)
        licensed = (self.licensed_ca_name, self.licensed_ca_licence, self.licensed_ca_url, self.licensed_ca_secret)
        self._require_complete("LICENSED_CA", *licensed, self.licensed_ca_roots)
        if any(url != OWN_TSA and not url.startswith(("http://", "https://")) for url in self.tsa_urls):
            raise ValueError(f"WANBI_TSA_URLS takes addresses that begin with http:// or https://, and {OWN_TSA!r}")
        if set(self.tsa_urls) - {OWN_TSA} and not self.tsa_roots:
            raise ValueError("time stamps of others are believed by their roots alone: set WANBI_TSA_ROOTS")
        if self.smtp_user and not self.smtp_starttls:
            raise ValueError("the mail server's password would travel in the clear: set WANBI_SMTP_STARTTLS=true")
        return self

    def _require_complete(self, name: str, *values: str | SecretStr) -> None:
        """Raises ValueError if some of what belongs together is set, and some is not."""
        given = [bool(value.get_secret_value() if isinstance(value, SecretStr) else value) for value in values]
        if any(given) and not all(given):
            raise ValueError(f"the settings WANBI_{name}_… belong together: set all of them, or none")

    @property
    def employer(self) -> str:
        """In whose name papers are issued: in a demo the sample company's, unless another is set."""
        return self.company_name.strip() or (DEMO_COMPANY if self.environment == "demo" else "")

    @property
    def ocsp_url(self) -> str:
        """Where anybody may ask whether a certificate is revoked: it stands in each."""
        return f"{self.public_url.rstrip('/') or f'http://127.0.0.1:{self.port}'}/ocsp"

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'wanbi.db'}"


@cache
def settings() -> Settings:
    """The settings of this process. Raises UnfitSettings naming what is missing or unsafe."""
    try:
        return Settings()
    except ValidationError as error:
        raise UnfitSettings("\n".join(_lines(error))) from None
    except SettingsError as error:
        name = re.search(r'"(\w+)"', str(error))
        raise UnfitSettings(f"WANBI_{name[1].upper() if name else '…'}: this is not proper JSON") from None


def _lines(error: ValidationError) -> Iterator[str]:
    """A line for each problem; never what was given for a secret."""
    for found in error.errors(include_url=False):
        kind, said = found["type"], found["msg"].removeprefix("Value error, ")
        if kind == "default_factory_not_called":  # it stands on another setting, which has a line of its own
            continue
        name = f"WANBI_{str(found['loc'][0]).upper()}" if found["loc"] else "settings"
        given = f" = {found['input']!r}" if kind in _HARMLESS else ""
        yield f"{name}{given}: {'this is required, and missing' if kind == 'missing' else said}"
