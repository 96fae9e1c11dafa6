"""What the doors to other programs and files must remember."""

from apps.integrations.models.answers import Answered
from apps.integrations.models.imports import Import, Layout, Problem

__all__ = ["Answered", "Import", "Layout", "Problem"]
