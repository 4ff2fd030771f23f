"""The API's description of itself: FastAPI's, with problems under their own media type (RFC 9457)."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.errors import MEDIA_TYPE


class DescribedApp(FastAPI):
    """An application whose OpenAPI document says exactly what is sent."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document; made once."""
        if self.openapi_schema is None:
            for content in _contents(super().openapi()):
                if MEDIA_TYPE in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return self.openapi_schema or {}


def _contents(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in schema["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                yield response.get("content", {})
