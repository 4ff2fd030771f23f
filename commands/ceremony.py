"""The ceremony that founds an installation's keys, and what comes after it.

`python -m commands.ceremony` founds them, once:      --root-file PATH (a medium that is then taken offline)
`… show`                        what there is, until when; ends with 1 if something ends soon
`… rotate KIND SERIAL`          seal, certifying, tsa or ocsp gets a new key, unless it is no longer the one named;
                                issuing, and with it all others: --root-file PATH
`… revoke SERIAL REASON`        ends trust in a certificate; the issuing authority's: --root-file PATH
`… renew-list`                  signs the list of what the root revoked anew: --root-file PATH

The root's key is never kept with the others. Its file opens with two of the three shares that the founding prints, one
for each officer. A demo founds by itself, with a root for development that says so and proves nothing.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.x509 import Certificate, ReasonFlags

from commands.custodian import PROBLEMS, House, day, fingerprint, found, renew_list, revoke, rotate
from config import settings
from models.database import connect, utc_now
from pki.certificates import SERVICES, Kind, is_development, organization
from pki.register import REASONS, Register, UnknownCertificate, serial_of

KEPT = timedelta(days=365 * 10)
"""Documents can be validated until their issuing authority has ended (tests/pki/test_archive.py): it, and the root,
have to outlast whatever is signed by so much."""
WARN_BEFORE = {Kind.ROOT: KEPT, Kind.ISSUING: KEPT}
"""So long before its end a certificate is warned about; others: 60 days."""
_SOON = timedelta(days=60)
LIST_SOON = timedelta(days=180)


def show(house: House) -> bool:
    """Says what there is. True if nothing has ended, is revoked, or ends soon."""
    public, at, well = house.file.public(), utc_now(), True
    house.say(f"{house.config.keys_folder}  root SHA-256 {fingerprint(public.certificates[Kind.ROOT])}")
    if is_development(public.certificates[Kind.ROOT]):
        house.say("!! a root for DEVELOPMENT: nothing signed below it proves anything")
    named = organization(public.certificates[Kind.ROOT])
    if named != house.config.employer:
        well = False
        house.say(f"!! the certificates name {named!r}, WANBI_COMPANY_NAME is {house.config.employer!r}")
    for kind, certificate in public.certificates.items():
        state = _state(house.register, kind, certificate, at)
        well = well and state == "good"
        place = f"token: {public.tokens[kind]}" if kind in public.tokens else "offline" if kind is Kind.ROOT else "file"
        until = day(certificate.not_valid_after_utc)
        house.say(f"{kind:<11}{serial_of(certificate):<42}until {until}  {state:<28}{place}")
    listed = public.root_list.next_update_utc
    ends = listed is None or listed - at < LIST_SOON
    house.say(f"{'root list':<53}until {day(listed)}  {'ENDS SOON: renew-list' if ends else 'good'}")
    return well and not ends


def _state(register: Register, kind: Kind, certificate: Certificate, at: datetime) -> str:
    try:
        revoked = register.status(serial_of(certificate))
    except UnknownCertificate:
        return "NOT IN THE REGISTER"
    left = certificate.not_valid_after_utc - at
    if revoked:
        return f"REVOKED {day(revoked.at)}"
    if left <= timedelta():
        return "ENDED"
    return f"ENDS IN {left.days} DAYS" if left < WARN_BEFORE.get(kind, _SOON) else "good"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m commands.ceremony", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root-file", type=Path, help="where the root's key is, or goes")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("show")
    rotating = commands.add_parser("rotate")
    rotating.add_argument("kind", type=Kind, choices=(*SERVICES, Kind.ISSUING))
    rotating.add_argument("serial", help="of the certificate to be replaced (see show)")
    revoking = commands.add_parser("revoke")
    revoking.add_argument("serial")
    revoking.add_argument("reason", choices=[reason.name for reason in REASONS])
    renewing = commands.add_parser("renew-list")
    for command in (rotating, revoking, renewing):
        command.add_argument("--root-file", type=Path, default=argparse.SUPPRESS)
    return parser


def run(house: House, wanted: argparse.Namespace) -> int:
    """Exit code 1 if `show` warns."""
    if wanted.command == "show":
        return 0 if show(house) else 1
    with house.alone():
        if wanted.command == "rotate":
            rotate(house, wanted.kind, wanted.serial, wanted.root_file)
        elif wanted.command == "revoke":
            revoke(house, wanted.serial, ReasonFlags[wanted.reason], wanted.root_file)
        elif wanted.command == "renew-list":
            renew_list(house, wanted.root_file)
        elif not found(house, wanted.root_file):
            house.say(f"keys: there already, in {house.file.folder}; nothing was changed")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = _parser().parse_args(arguments)
    config = settings()
    engine = connect(config.url)
    try:
        return run(House(config, engine), wanted)
    except PROBLEMS as problem:
        print(f"ceremony: {problem}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
