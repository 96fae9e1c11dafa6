"""What the doors to other programs and files must remember."""

from apps.integrations.models.answers import Answered
from apps.integrations.models.imports import Import, Layout, Problem
from apps.integrations.models.ledger import Did, LedgerLine

__all__ = ["Answered", "Did", "Import", "Layout", "LedgerLine", "Problem"]
