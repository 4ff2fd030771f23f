"""`python -m commands.respawn COMMAND …` keeps one process of `make run` alive, as a supervisor does in production.

A process that dies is begun anew; one that ends well has ended. One that dies again and again takes this one with it.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PAUSE = 1.0
"""Seconds before a process is begun anew."""
DEATHS = 5
WITHIN = 60.0
"""Seconds: so many deaths within them are no accident."""


def keep_alive(command: Sequence[str]) -> int:
    """Runs `command` until it ends well, dies too often, or SIGTERM or SIGINT ends this process; its exit code."""
    told: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def stop(number: int, _: object) -> None:
        told.append(number)
        for process in running:
            process.send_signal(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    deaths: list[float] = []
    while not told:
        # A session of its own: a signal to the group of this process reaches it once, through `stop`.
        running[:] = [subprocess.Popen(command, start_new_session=True)]  # noqa: S603  # what the Procfile says
        if told:
            running[0].send_signal(signal.SIGTERM)
        code = running[0].wait()
        if told or code == 0:
            break
        now = time.monotonic()
        deaths = [*(death for death in deaths if now - death < WITHIN), now]
        if len(deaths) == DEATHS:
            print(f"died {DEATHS} times in {WITHIN:.0f} s, the last time with {code}: given up", file=sys.stderr)
            return code if code > 0 else 1
        print(f"died with {code}: begun anew", file=sys.stderr, flush=True)
        time.sleep(PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(keep_alive(sys.argv[1:]))
