"""The Temporal client of every process: the installation's namespace, payloads encrypted with its key ring."""

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from activities.assembly import plain
from config import Settings
from models.codec import EncryptionCodec, converter, ring


async def connect_temporal(config: Settings, *, lazy: bool = False, metrics_address: str = "") -> Client:
    """A client; `lazy`: connects with its first call. Raises RuntimeError if Temporal can't be reached."""
    codec = EncryptionCodec(ring(plain(config.payload_keys)), config.payload_key)
    runtime = None
    if metrics_address:
        prometheus = PrometheusConfig(
            bind_address=metrics_address, durations_as_seconds=True, counters_total_suffix=True, unit_suffix=True
        )
        runtime = Runtime(telemetry=TelemetryConfig(metrics=prometheus))
    return await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        data_converter=converter(codec),
        lazy=lazy,
        runtime=runtime,
    )
