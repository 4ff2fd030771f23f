"""Runs the compiler: in this process, or, for large documents, in one of its own that ends with the document.

Typst keeps the layout of the last ten documents, and hardly gives that memory back; a record of 3,000 items takes some
200 MB. A process of its own costs a quarter of a second, which is little beside setting such a document.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst

from typesetting.fonts import font_set

TEMPLATES = Path(__file__).parent / "templates"
LARGE = 48 * 1024
"""Characters of printed data above which a document gets a process of its own."""


class Unfit(ValueError):
    """The data do not go with the template: a fault in our code, never in what somebody typed."""


@dataclass(frozen=True)
class Job:
    template: str
    inputs: dict[str, str]
    at: int
    """Seconds since 1970."""
    company_fonts: Path | None


@dataclass(frozen=True)
class Pressed:
    pdf: bytes
    boxes: list[Any]
    """As the template reports them: key, page, left, bottom, right, top."""


def run(job: Job) -> Pressed:
    """Raises Unfit."""
    return _apart(job) if len(job.inputs["printed"]) > LARGE else _here(job)


def _here(job: Job) -> Pressed:
    compiler = typst.Compiler(
        TEMPLATES / f"{job.template}.typ",
        root=TEMPLATES,
        font_paths=font_set(job.company_fonts).loaded,
        ignore_system_fonts=True,
        sys_inputs=job.inputs,
    )
    try:
        boxes = compiler.query("<boxes>", field="value", one=True)
        pdf: Any = compiler.compile(format="pdf", pdf_standards="a-3b", timestamp=job.at)  # laid out by the query
    except RuntimeError as error:  # so a query tells it; its TypstError is one as well
        raise Unfit(f"{job.template}: {error}") from error
    return Pressed(bytes(pdf), json.loads(boxes))


def _apart(job: Job) -> Pressed:
    asked = json.dumps(asdict(job), default=str).encode()
    command = [sys.executable, "-m", "typesetting.press"]
    done = subprocess.run(  # noqa: S603 - our own module, with data on its standard input only
        command, input=asked, capture_output=True, cwd=Path(__file__).parent.parent, env={}, check=False
    )
    if done.returncode:
        raise Unfit(done.stderr.decode(errors="replace").strip()[-2000:])
    boxes, _, pdf = done.stdout.partition(b"\n")
    return Pressed(pdf, json.loads(boxes))


def _answer() -> None:
    """What the process of its own does: a job in, boxes and PDF out."""
    asked = json.load(sys.stdin.buffer)
    folder = asked["company_fonts"]
    try:
        done = _here(Job(**{**asked, "company_fonts": Path(folder) if folder else None}))
    except Unfit as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(json.dumps(done.boxes).encode() + b"\n" + done.pdf)


if __name__ == "__main__":
    _answer()
