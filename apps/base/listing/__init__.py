"""Lists: what each can be narrowed and sorted by is declared once; page, board, API and file ask the same."""

from apps.base.listing.asked import Asked, asked_of
from apps.base.listing.conditions import Asker, Condition
from apps.base.listing.declared import LISTS, Column, Directory, Sort, number_or_less
from apps.base.listing.places import Place, place_of
from apps.base.listing.shown import Listing

__all__ = [
    "LISTS",
    "Asked",
    "Asker",
    "Column",
    "Condition",
    "Directory",
    "Listing",
    "Place",
    "Sort",
    "asked_of",
    "number_or_less",
    "place_of",
]
