"""The stock rows straight from their definition: fold every deal and look at it at each month's moments."""

from datetime import datetime, timedelta

from apps.base.month import Month
from apps.deals import rules
from apps.deals.models import Deal
from apps.goals.vocabulary import Row
from tests.reviews.worked_example import TOKYO


def slow_stocks(months: list[Month], as_of: datetime) -> dict[Row, list[int]]:
    stories = [
        rules.fold(rules.Change(c.at, c.fields) for c in deal.changes.order_by("at", "id")).states
        for deal in Deal.objects.filter(trashed_at__isnull=True)
    ]

    def states(month: Month, boundary: datetime) -> list[rules.State]:
        at = as_of if boundary > as_of else boundary - timedelta(microseconds=1)
        found = (rules.state_at(story, at) for story in stories)
        return [state for state in found if state and state.expected_month == str(month)]

    def amount(found: list[rules.State], rank: str = "") -> int:
        return sum(s.amount for s in found if s.stage == "deal" and (not rank or s.rank == rank))

    opening = [states(month, month.starts_at(TOKYO)) for month in months]
    closing = [states(month, month.ends_at(TOKYO)) for month in months]
    return {
        Row.OPENING_DEAL_AMOUNT: [amount(found) for found in opening],
        Row.SURE_AMOUNT: [amount(found, "sure") for found in closing],
        Row.LIKELY_AMOUNT: [amount(found, "likely") for found in closing],
        Row.TOPIC_COUNT: [sum(state.stage == "topic" for state in found) for found in closing],
    }
