"""Every deed about deals. Each records a change and folds the deal anew, so that every figure follows."""

from apps.deals.folding import DatedAhead, refold
from apps.deals.operations.living import (
    AlreadyClosed,
    BeforeItBegan,
    InTrash,
    NeedsReturnDate,
    NotADeal,
    StillOpen,
    change_deal,
    lose,
    reopen,
    restore_deal,
    trash_deal,
    win,
)
from apps.deals.operations.loading import NewDeal, load_deals, load_history, open_deal
from apps.deals.operations.words import (
    DEFAULT_REASONS,
    UNKNOWN_REASON,
    ReasonTaken,
    add_lost_reason,
    bring_back_lost_reason,
    furnish,
    retire_lost_reason,
    unknown_reason,
)

__all__ = [
    "DEFAULT_REASONS",
    "UNKNOWN_REASON",
    "AlreadyClosed",
    "BeforeItBegan",
    "DatedAhead",
    "InTrash",
    "NeedsReturnDate",
    "NewDeal",
    "NotADeal",
    "ReasonTaken",
    "StillOpen",
    "add_lost_reason",
    "bring_back_lost_reason",
    "change_deal",
    "furnish",
    "load_deals",
    "load_history",
    "lose",
    "open_deal",
    "refold",
    "reopen",
    "restore_deal",
    "retire_lost_reason",
    "trash_deal",
    "unknown_reason",
    "win",
]
