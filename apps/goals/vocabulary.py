"""The rows of the goal/process table: what targets and benchmarks are set for and figures are shown in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Row(TextChoices):
    SALES_TARGET = "sales_target", _("売上目標")
    SALES = "sales", _("売上")
    ATTAINMENT = "attainment", _("売上達成率")
    ORDERS = "orders", _("受注件数")
    UNIT_PRICE = "unit_price", _("受注単価")
    OPENING_DEAL_AMOUNT = "opening_deal_amount", _("月初の商談 金額")
    OPENING_DEAL_COUNT = "opening_deal_count", _("月初の商談 件数")
    SURE_AMOUNT = "sure_amount", _("商談◯ 金額")
    SURE_COUNT = "sure_count", _("商談◯ 件数")
    SURE_NAMES = "sure_names", _("商談◯ 案件")
    LIKELY_AMOUNT = "likely_amount", _("商談△ 金額")
    LIKELY_COUNT = "likely_count", _("商談△ 件数")
    LIKELY_NAMES = "likely_names", _("商談△ 案件")
    TOPIC_AMOUNT = "topic_amount", _("話題 金額")
    TOPIC_COUNT = "topic_count", _("話題 件数")
    TOPIC_NAMES = "topic_names", _("話題 案件")
    LOST_COUNT = "lost_count", _("当月ボツ件数")
    VISIT_COUNT = "visit_count", _("訪問件数")
    FOLLOW_COUNT = "follow_count", _("フォロー件数")
    PER_HEAD = "per_head", _("頭数生産性")


class Unit(TextChoices):
    YEN = "yen", _("円")
    COUNT = "count", _("件")
    RATE = "rate", _("%")
    YEN_EACH = "yen_each", _("円/件")
    NAMES = "names", _("案件")


UNITS = {
    Row.SALES_TARGET: Unit.YEN,
    Row.SALES: Unit.YEN,
    Row.ATTAINMENT: Unit.RATE,
    Row.ORDERS: Unit.COUNT,
    Row.UNIT_PRICE: Unit.YEN_EACH,
    Row.OPENING_DEAL_AMOUNT: Unit.YEN,
    Row.OPENING_DEAL_COUNT: Unit.COUNT,
    Row.SURE_AMOUNT: Unit.YEN,
    Row.SURE_COUNT: Unit.COUNT,
    Row.SURE_NAMES: Unit.NAMES,
    Row.LIKELY_AMOUNT: Unit.YEN,
    Row.LIKELY_COUNT: Unit.COUNT,
    Row.LIKELY_NAMES: Unit.NAMES,
    Row.TOPIC_AMOUNT: Unit.YEN,
    Row.TOPIC_COUNT: Unit.COUNT,
    Row.TOPIC_NAMES: Unit.NAMES,
    Row.LOST_COUNT: Unit.COUNT,
    Row.VISIT_COUNT: Unit.COUNT,
    Row.FOLLOW_COUNT: Unit.COUNT,
    Row.PER_HEAD: Unit.YEN_EACH,
}

BENCHMARKED = [
    row
    for row, unit in UNITS.items()
    if unit in (Unit.YEN, Unit.COUNT, Unit.YEN_EACH) and row != Row.PER_HEAD
]
"""Rows for which a benchmark may be typed: whole yen or whole counts."""

TARGETS = ("sales", "orders", "new_deals", "new_topics", "visits", "follows", "list_size")
