"""Becomes the Temporal dev server of this data folder. For `make run`; production has a server of its own."""

import os

from commands.instance import TIME_SKIPPING, temporal_command
from config import Settings, settings


def command(config: Settings) -> list[str]:
    """The server with the ports of the settings; in a demo a case's own clock may be moved forward."""
    ui, http, metrics = config.temporal_ui_port, config.temporal_port + 10, config.temporal_ui_port + 1000
    codec = ("--ui-codec-endpoint", f"http://{config.host}:{config.port}/codec")
    skipping = TIME_SKIPPING if config.environment == "demo" else ()
    return temporal_command(config.data, config.temporal_port, ui, http, metrics, *codec, *skipping)


if __name__ == "__main__":
    arguments = command(settings())
    os.execv(arguments[0], arguments)  # noqa: S606  # our own fixed command
