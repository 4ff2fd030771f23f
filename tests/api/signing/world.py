"""A record that waits for three signatures, the people who sign it, and what stands for their browsers and devices."""

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import Engine
from temporalio.client import WorkflowUpdateFailedError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from commands.signing_key import SigningKey, code_in
from domain import signing
from domain.case import Case, Stage
from domain.errors import Refusal
from domain.handover import PartyRole, Signature
from models import documents
from models.database import writing
from models.decisions import Decision, DecisionResult
from models.tables import Account, Employee
from pades.office import Office
from tests.api.house import CHEAP_HASH, PASSWORD, Api, EngineAway, Person
from tests.api.rows import START, opened_case, write_case
from tests.pades import builders as paper
from workflows.decisions import as_failure
from workflows.rules import rule_for

SIGNERS = {"lin": paper.LEAVER, "zhou": paper.RECEIVER, "wang": paper.WITNESS}
"""Accounts of the company, and who they are on paper."""
ROLES = {"lin": PartyRole.LEAVER, "zhou": PartyRole.RECEIVER, "wang": PartyRole.WITNESS}
SITE, ORIGIN = "wanbi.example.com", "https://wanbi.example.com"


@dataclass
class Engineer(EngineAway):
    """Stands for Temporal and a worker: the rules decide, and what they decide is in the read model."""

    database: Engine
    case: Case
    version: int = 1
    away: bool = False
    lost: bool = False
    """It carries decisions out, and its answers get lost."""
    asked: list[str] = field(default_factory=list)
    """Ids of the updates that came."""

    async def execute_update(self, _: str, decision: Decision[Any], *, id: str, **__: Any) -> DecisionResult:
        if self.away:
            raise TimeoutError
        self.asked.append(id)
        result = self.decide(decision)
        if self.lost:
            raise TimeoutError
        return result

    def decide(self, decision: Decision[Any]) -> DecisionResult:
        try:
            change = rule_for(decision.by, decision.body)(self.case, START + timedelta(days=1))
        except Refusal as refusal:
            said = as_failure(refusal)
            raise WorkflowUpdateFailedError(said) from said
        self.now(change.case)
        kinds = tuple(fact.kind for fact in change.facts)
        return DecisionResult(case_id=self.case.case_id, version=self.version, stage=change.case.stage, facts=kinds)

    def now(self, case: Case) -> None:
        """The case as it stands from now on."""
        self.case, self.version = case, self.version + 1
        write_case(self.database, case, self.version)


@dataclass
class Founded:
    """Stands for what a ceremony founds."""

    office: Office


@dataclass
class Record:
    """A record before its parties, over HTTP."""

    api: Api
    office: Office
    engineer: Engineer

    @property
    def case_id(self) -> str:
        return self.engineer.case.case_id

    @property
    def path(self) -> str:
        return f"/cases/{self.case_id}/record"

    @property
    def letters(self) -> Path:
        return self.api.config.data / "mail"

    def person(self, name: str) -> Person:
        return self.api.person(name)

    async def pdf(self, name: str = "hr") -> bytes:
        answer = await self.person(name).get(self.path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
        return answer.content

    async def wish(self, name: str, method: str = "code", key: str | None = None, **changes: Any) -> httpx.Response:
        consent = (await self.person(name).get("/signing/consent")).json()["version"]
        body = {"sha256": hashlib.sha256(await self.pdf()).hexdigest(), "consent": consent, "method": method}
        return await self.person(name).post(f"{self.path}/intents", body | changes, key)

    async def intent(self, name: str, method: str = "code", **changes: Any) -> dict[str, Any]:
        answer = await self.wish(name, method, **changes)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def code(self, intent: dict[str, Any]) -> str:
        return code_in(self.letters, intent["id"])

    async def confirm(
        self, name: str, intent: dict[str, Any], browser: SigningKey, idempotency: str | None = None, **changes: Any
    ) -> httpx.Response:
        body: dict[str, Any] = {"public_key": browser.public, "password": PASSWORD}
        if intent["method"] == "code" and "code" not in changes:
            body["code"] = self.code(intent)
        path = f"{self.path}/intents/{intent['id']}/signature"
        return await self.person(name).post(path, body | changes, idempotency)

    async def begun(self, name: str, browser: SigningKey) -> tuple[dict[str, Any], dict[str, Any]]:
        """The intent, and what is to be signed."""
        intent = await self.intent(name)
        answer = await self.confirm(name, intent, browser)
        assert answer.status_code == 201, answer.text
        return intent, answer.json()

    async def put(self, name: str, intent: dict[str, Any], value: str, key: str | None = None) -> httpx.Response:
        path = f"{self.path}/intents/{intent['id']}/signature"
        return await self.person(name).write("PUT", path, {"value": value}, key)

    async def signs(self, name: str) -> dict[str, Any]:
        """The whole way."""
        browser = SigningKey()
        intent, begun = await self.begun(name, browser)
        answer = await self.put(name, intent, browser.sign(begun["to_sign"]))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def people_on_paper(engine: Engine) -> None:
    """Their names and numbers are those for which the document has its fields; all know their password."""
    with writing(engine) as session:
        for name, person in SIGNERS.items():
            employee = session.get_one(Employee, f"e-{name}")
            employee.name, employee.number = person.subject.name, person.subject.number
            session.get_one(Account, f"a-{name}").password_hash = CHEAP_HASH


def presented(engine: Engine, office: Office) -> Engineer:
    """A case whose record lies before its parties."""
    case = replace(opened_case(engine), stage=Stage.SIGNING)
    people_on_paper(engine)
    with writing(engine) as session:
        stored = documents.store(
            session, case.case_id, "handover_record", "application/pdf", paper.document(office), START
        )
        document_id, sha256 = stored.id, stored.sha256
    signers = tuple(Signature(ROLES[name], f"a-{name}", field=person.field) for name, person in SIGNERS.items())
    engineer = Engineer(engine, case)
    engineer.now(signing.open_record(case, document_id, sha256, signers, START).case)
    return engineer


@dataclass
class Device:
    """An authenticator in software, as probes of WebAuthn use it: a key, a counter, and an owner whom it verifies."""

    origin: str = ORIGIN
    verifies: bool = True
    count: int = 7
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: os.urandom(16))

    def registers(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives."""
        public = self.key.public_key().public_numbers()
        coordinates = (public.x.to_bytes(32, "big"), public.y.to_bytes(32, "big"))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: coordinates[0], -3: coordinates[1]})
        attested = bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + cose
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(options["rp"]["id"], 0x40) + attested}
        told = self._client("webauthn.create", base64url_to_bytes(options["challenge"]))
        return self._answer({"clientDataJSON": _b64(told), "attestationObject": _b64(cbor2.dumps(made))})

    def confirms(self, challenge: str, site: str = SITE) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        self.count += 1
        told, data = self._client("webauthn.get", base64url_to_bytes(challenge)), self._data(site, 0)
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
        answer = {"clientDataJSON": told, "authenticatorData": data, "signature": signature}
        return self._answer({name: _b64(value) for name, value in answer.items()})

    def _client(self, kind: str, challenge: bytes) -> bytes:
        return json.dumps({"type": kind, "challenge": _b64(challenge), "origin": self.origin}).encode()

    def _data(self, site: str, flags: int) -> bytes:
        verified = 0x04 if self.verifies else 0
        return hashlib.sha256(site.encode()).digest() + bytes([0x01 | verified | flags]) + struct.pack(">I", self.count)

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        credential = _b64(self.credential)
        return {"id": credential, "rawId": credential, "type": "public-key", "response": response}


def _b64(value: bytes) -> str:
    return bytes_to_base64url(value)


async def registered(person: Person, device: Device, name: str = "phone") -> httpx.Response:
    """The device's key becomes a passkey of the person."""
    options = (await person.post("/passkeys/options", None)).json()["options"]
    body = {"name": name, "password": PASSWORD, "credential": device.registers(options)}
    return await person.post("/passkeys", body)
