"""`make demo`: the story of one departure, through the HTTP API of a private instance, a month in a minute.

Prints a readable timeline; the last line is one JSON object. Ends with 0 only if every step was verified.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from commands import demo_case, demo_desk, demo_evidence
from commands.answers import Unexpected
from commands.cast import Cast
from commands.demo_story import NotAsTold, Story
from commands.instance import DidNotStart, Instance
from config import DATA

CHAPTERS = (
    demo_desk.before_anybody_resigns,
    demo_case.notice_and_freeze,
    demo_desk.blocked_and_routed,
    demo_case.temporary_access,
    demo_case.handover,
    demo_desk.customer_by_customer,
    demo_case.clearances,
    demo_case.signatures,
    demo_case.last_day,
    demo_case.afterwards,
    demo_desk.what_it_came_to,
)
"""Of the case that the last line tells of."""


def main() -> int:
    """Tells the story; 0 if all of it happened as it must."""
    began = time.monotonic()
    print("完璧演示：一次离职，从通知到归档 · Wanbi demo: one departure, from notice to closed case")
    with tempfile.TemporaryDirectory(prefix="wanbi-demo-") as folder:
        try:
            with Instance(Path(folder) / "data") as instance:
                cast = Cast(instance)
                story = Story(cast)
                for chapter in CHAPTERS:
                    chapter(story)
                events, size = cast.history(story.case_id)
                status = story.detail()["stage"]
                bundle, root = demo_evidence.evidence(story, DATA / "demo")
                demo_case.unlawful_freeze(Story(cast))
                cast.leave()
        except (NotAsTold, Unexpected, DidNotStart) as error:
            print(f"\n演示中断 · The story broke off: {error}", file=sys.stderr)
            print(json.dumps({"case": "", "status": "failed", "reason": str(error)[:500]}, ensure_ascii=False))
            return 1
    result = {
        "case": story.case_id,
        "status": status,
        "history_events": events,
        "history_bytes": size,
        "bundle": str(bundle),
        "root_sha256": root,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
