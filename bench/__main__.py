"""`python -m bench [section ...] [--quick]`: Wanbi beside the bare minimum, measured in one run."""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from bench import figures, freezing, gate, history, imports, latency, lateness, lists, memory, portfolio, throughput
from bench.report import Table

_SECTIONS: dict[str, Callable[..., Awaitable[list[Table]]]] = {
    "history": history.measure,
    "throughput": throughput.measure,
    "latency": latency.measure,
    "lists": lists.measure,
    "gate": gate.measure,
    "freezing": freezing.measure,
    "portfolio": portfolio.measure,
    "figures": figures.measure,
    "imports": imports.measure,
    "memory": memory.measure,
    "lateness": lateness.measure,
}


async def main() -> None:
    """Runs the sections one after the other; the last line is one JSON object with every figure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=f"any of: {', '.join(_SECTIONS)}; none: all")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: two minutes in place of twelve")
    parser.add_argument("--open-cases", type=int, default=1000, help="cases of the section `memory`")
    parser.add_argument("--orders", type=int, default=1_000_000, help="orders of the section `figures`")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the section `imports`")
    wanted = parser.parse_args()
    if unknown := [section for section in wanted.sections if section not in _SECTIONS]:
        parser.error(f"no such section: {', '.join(unknown)}")
    sizes = {"memory": {"open_cases": wanted.open_cases}, "figures": {"orders": wanted.orders}}
    sizes["imports"] = {"rows": wanted.rows}
    began, found = time.monotonic(), {}
    for section in wanted.sections or _SECTIONS:
        options = sizes.get(section, {})
        for table in await _SECTIONS[section](quick=wanted.quick, **options):
            print(table.as_text(), flush=True)
            found[table.title] = table.as_json()
    print(json.dumps({"seconds": round(time.monotonic() - began, 1), "sections": found}, ensure_ascii=False))
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)


if __name__ == "__main__":
    asyncio.run(main())
