"""What the API says of itself: its operations, read out of its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.api.house import the_app

METHODS = ("get", "post", "put", "patch", "delete")
CASE_ID = "5b0d6c0c5a2b5f6f9e0c8d7e6f5a4b3c"
PATH_VALUES = {
    "case_id": CASE_ID,
    "document_id": f"{CASE_ID}-0123456789abcdef",
    "account_id": "a-zhou",
    "number": "n-lin",
    "template": "general",
    "kind": "departments",
    "criterion": "industry",
    "customer_id": "c-1",
    "contact_id": "p-1",
    "order_id": "o-1",
    "receivable_id": "r-1",
    "carrier_id": "k-1",
    "communication_id": "m-1",
    "sha256": "0" * 64,
    "intent_id": "0" * 40,
    "passkey_id": "0" * 64,
    "import_id": "i-1",
    "part": "1",
    "agreement_id": "a-1",
    "mapping": "old-crm",
    "sheet": "customers",
    "bundle_id": "0" * 32,
    "seq": "1",
    "size": "1",
}


@dataclass(frozen=True)
class Operation:
    """One operation of the OpenAPI document."""

    method: str
    path: str
    says: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.removeprefix('/api/v1')}"

    @property
    def example(self) -> Any:
        """The request example; None if the operation takes no JSON object."""
        found = self.says.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "examples" in found.get("schema", {}):
            return found["schema"]["examples"][0]
        schema = resolved(found.get("schema", {}))
        return schema["examples"][0] if "examples" in schema else None

    @property
    def takes_json(self) -> bool:
        return isinstance(self.example, dict)

    def address(self, **values: str) -> str:
        """The path with its parameters filled in."""
        return self.path.format(**{**PATH_VALUES, **values})

    @property
    def open_to_all(self) -> bool:
        return "security" not in self.says


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or the one that it refers to."""
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = document()["components"]["schemas"][name] if name else schema
    return found


@cache
def document() -> dict[str, Any]:
    return the_app().openapi()


@cache
def operations() -> tuple[Operation, ...]:
    return tuple(_operations())


def operation(name: str) -> Operation:
    """The operation with that name, such as `POST /cases`."""
    (found,) = [o for o in operations() if o.name == name]
    return found


def _operations() -> Iterator[Operation]:
    for path, methods in document()["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(method.upper(), path, methods[method])
