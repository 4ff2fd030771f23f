"""Wanbi's namespace in a Temporal server: made with its retention and search attributes, or brought in line."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from config import Settings
from workflows.ids import SEARCH_ATTRIBUTES, STAGE

RETENTION = timedelta(days=90)
"""How long Temporal keeps the history of a closed case; the evidence itself is in the database."""
PATIENCE = 120.0
"""Seconds; a server that starts for the first time needs some."""
_ASK_EVERY = 0.2
_PASSING = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.ALREADY_EXISTS,
    RPCStatusCode.INVALID_ARGUMENT,  # what a query by an attribute that is not known everywhere yet gets
)
T = TypeVar("T")


async def prepare(config: Settings) -> None:
    """Returns when cases can be started. Raises TimeoutError if the server does not get there in time."""
    ends = time.monotonic() + PATIENCE
    client = await _patiently(lambda: _connect(config), ends)
    await _patiently(lambda: _ensure_namespace(client), ends)
    await _patiently(lambda: _ensure_search_attributes(client), ends)
    await _patiently(lambda: client.count_workflows(f"{STAGE.name} = 'opening'"), ends)
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)


async def _connect(config: Settings) -> Client:
    return await Client.connect(config.temporal_address, namespace=config.temporal_namespace)


async def _ensure_namespace(client: Client) -> None:
    service, name = client.workflow_service, client.namespace
    try:
        found = await service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        new = RegisterNamespaceRequest(namespace=name)
        new.workflow_execution_retention_period.FromTimedelta(RETENTION)
        await service.register_namespace(new)
        return
    if found.config.workflow_execution_retention_ttl.ToTimedelta() < RETENTION:
        longer = NamespaceConfig()
        longer.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
        await service.update_namespace(UpdateNamespaceRequest(namespace=name, config=longer))


async def _ensure_search_attributes(client: Client) -> None:
    service, name = client.operator_service, client.namespace
    there = (await service.list_search_attributes(ListSearchAttributesRequest(namespace=name))).custom_attributes
    missing = {
        key.name: IndexedValueType.ValueType(int(key.indexed_value_type))
        for key in SEARCH_ATTRIBUTES
        if key.name not in there
    }
    if missing:
        await service.add_search_attributes(AddSearchAttributesRequest(namespace=name, search_attributes=missing))


async def _patiently(step: Callable[[], Awaitable[T]], ends: float) -> T:
    """Repeats a step that fails only because the server is starting, or has not heard of the namespace yet."""
    while True:
        try:
            return await step()
        except (RPCError, RuntimeError) as error:
            if isinstance(error, RPCError) and error.status not in _PASSING:
                raise
            if time.monotonic() > ends:
                raise TimeoutError(f"Temporal is not ready: {error}") from error
        await asyncio.sleep(_ASK_EVERY)
