from django.db import connection


def tenant_key(key: str, prefix: str, version: int) -> str:
    """No cache key without its tenant."""
    return f"{connection.schema_name}:{prefix}:{version}:{key}"
