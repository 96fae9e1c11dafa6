"""Which names a tenant may have, and what its schema and role are called."""

from __future__ import annotations

import re

BLUEPRINT = "baton_blueprint"
"""The schema without users that new tenants are copied from."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_RESERVED = {"www", "api", "app", "admin", "mail", "static", "status", "localhost", "public", "baton"}
LONGEST_SLUG = 40


def is_slug(text: str) -> bool:
    """A host name's first part: small letters, digits, single hyphens; not one of ours."""
    return bool(_SLUG.fullmatch(text)) and len(text) <= LONGEST_SLUG and text not in _RESERVED


def schema_of(slug: str) -> str:
    return f"t_{slug.replace('-', '_')}"


def role_of(schema: str) -> str:
    """The database role that may read and write this schema and nothing else."""
    return f"baton_{schema}"
