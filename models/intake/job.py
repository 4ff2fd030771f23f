"""Works one file off: reads it into staged rows, compares them with the desk, writes them in one transaction.

How far a step got is committed together with what it did. Whoever takes over after a crash goes on there; a file that
is being written when the process dies was not written, and is written anew.
"""

from contextlib import suppress

from domain.desk.intake import ImportState
from models.import_problems import Problem
from models.intake import settling, staging, uploads
from models.intake.claims import Claim, Overtaken

MOST_TRIES = 5
"""How often workers begin at one place and don't get on, before the file is said not to work."""


def work_off(claim: Claim) -> None:
    """Until the file is through, or the process is to stop: then somebody else goes on at once."""
    with suppress(Overtaken):
        upload = claim.upload()
        if upload.tries > MOST_TRIES:
            claim.finish(ImportState.HAS_PROBLEMS, [Problem(row=0, code="could_not_go_on", value=str(MOST_TRIES))])
            return
        if upload.state == ImportState.QUEUED:
            with claim.step() as (session, row):
                uploads.forget_results(session, row.id)
                row.state = ImportState.READING.value
        staging.stage(claim)
        settling.check(claim)
        settling.write(claim)
