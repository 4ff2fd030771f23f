"""Signing in at the mail server: only over a connection whose certificate is known."""

import datetime as dt
import ipaddress
import re
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError
from sqlalchemy import Engine

from domain.case import Case
from tests import builders
from tests.activities.mailbox import (
    OPENED,
    Clock,
    Mailbox,
    dispatcher,
    mail_server,
    post,
    rows,
)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate for 127.0.0.1 that nobody else has signed, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "mail.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, path


SECURED = {"smtp_starttls": True, "smtp_user": "wanbi"}


def test_it_signs_in_over_a_connection_whose_certificate_it_knows(
    engine: Engine, case: Case, clock: Clock, tmp_path: Path
) -> None:
    server, trusted = certificate(tmp_path)
    post(engine, case, OPENED, version=2)
    with mail_server(Mailbox(), server) as box:
        trusting = ssl.create_default_context(cafile=trusted)
        dispatcher(engine, box.port, clock, tls=trusting, smtp_password="right", **SECURED).deliver()
        assert len(box.taken) == 1
    assert [row.mail for row in rows(engine)] == ["sent"]


def test_it_tells_no_password_to_a_server_it_does_not_know(
    engine: Engine, case: Case, clock: Clock, tmp_path: Path
) -> None:
    server, _ = certificate(tmp_path)
    post(engine, case, OPENED, version=2)
    with mail_server(Mailbox(), server) as box:
        dispatcher(engine, box.port, clock, smtp_password="right", **SECURED).deliver()
        assert (box.logins, box.taken) == ([], [])
    assert re.search("certificate", rows(engine)[0].mail_error, re.IGNORECASE)


def test_no_password_can_be_set_up_to_travel_in_the_clear() -> None:
    with pytest.raises(ValidationError, match="in the clear"):
        builders.settings(Path(), smtp_host="mail.example", smtp_user="wanbi", smtp_password="right")


def test_a_wrong_password_is_tried_again_later(engine: Engine, case: Case, clock: Clock, tmp_path: Path) -> None:
    server, trusted = certificate(tmp_path)
    post(engine, case, OPENED, version=2)
    with mail_server(Mailbox(), server) as box:
        trusting = ssl.create_default_context(cafile=trusted)
        dispatcher(engine, box.port, clock, tls=trusting, smtp_password="wrong", **SECURED).deliver()
        assert box.taken == []
    assert [(row.mail, row.mail_attempts) for row in rows(engine)] == [("waiting", 1)]
    assert "535" in rows(engine)[0].mail_error
