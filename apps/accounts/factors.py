"""The second factor's arithmetic: codes by time (RFC 6238), recovery codes and what is shown of them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import pyotp
import segno
from django.core import signing
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

STEP = 30  # seconds
SET_UP_WITHIN = timedelta(minutes=30)
RECOVERY_CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The moment whose code this is: now, or one step before or after, for clocks that differ. None: no one's."""
    now = int(at.timestamp()) // STEP
    made = pyotp.TOTP(secret, interval=STEP)
    steps = (now, now - 1, now + 1)
    return next((step for step in steps if constant_time_compare(made.generate_otp(step), code)), None)


def offer() -> str:
    """A new secret, signed: it waits in the form, so that looking at the page writes nothing."""
    return signing.dumps(pyotp.random_base32(), salt=_salt())


def offered(offer: str) -> str | None:
    """The secret of an offer that is still good."""
    try:
        return signing.loads(offer, salt=_salt(), max_age=SET_UP_WITHIN)
    except signing.BadSignature:
        return None


def _salt() -> str:
    return f"baton.factor.{connection.schema_name}"


def picture(secret: str, *, name: str, company: str) -> str:
    """The secret as a QR code for an authenticator app, the address of an SVG."""
    address = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=f"Baton {company}")
    return segno.make(address, error="l").svg_data_uri(scale=4, border=3, light="#fff", dark="#000")


def new_recovery_codes() -> list[str]:
    return [
        "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def digest(user_id: object, code: str) -> str:
    """What is kept of a recovery code: worthless without the installation's key."""
    plain = code.lower().replace("-", "").replace(" ", "")
    return salted_hmac(
        "baton.recovery", f"{connection.schema_name}|{user_id}|{plain}", algorithm="sha256"
    ).hexdigest()
