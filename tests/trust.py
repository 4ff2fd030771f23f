"""What an installation of the tests signs and stamps with: real keys, founded once a process."""

from sqlalchemy import Engine

from activities.trust import Trust
from models.certificates import DatabaseReceipts, DatabaseRegister
from models.database import utc_now
from pki.anchors import StampAnchor
from pki.authority import Pki
from pki.providers import OwnProvider
from pki.register import entry
from pki.tsa import OwnAuthority
from tests.pki import builders as keys


def trust(engine: Engine) -> Trust:
    """With its register in this database."""
    founded, register = keys.shared().keys, DatabaseRegister(engine)
    for kind, certificate in founded.certificates().items():
        register.add(entry(kind, certificate, utc_now()))
    pki = Pki(founded, register, keys.OCSP_URL)
    own = OwnAuthority(pki.tsa, pki.issuing)
    return Trust(pki, own, own, OwnProvider(pki), StampAnchor(own), DatabaseReceipts(engine))
