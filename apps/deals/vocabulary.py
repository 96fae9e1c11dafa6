"""The words for what may be won."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    PROSPECT = "prospect", _("見込み")
    TOPIC = "topic", _("話題")
    DEAL = "deal", _("商談")
    WON = "won", _("受注")
    LOST = "lost", _("ボツ")


class Rank(TextChoices):
    SURE = "sure", _("◯")
    LIKELY = "likely", _("△")


class Outcome(TextChoices):
    """What overrides the three axes."""

    OPEN = "open", _("進行中")
    WON = "won", _("受注")
    LOST = "lost", _("ボツ")


class LostKind(TextChoices):
    NOT_NOW = "not_now", _("今だめ")
    NEVER = "never", _("ずっとだめ")


class Cause(TextChoices):
    """What kind of reason it is: the fourth is left out of any comparison of people."""

    DEAL_QUALITY = "deal_quality", _("商談の質")
    SELLING = "selling", _("営業力")
    COMPETITION = "competition", _("競合")
    CUSTOMER = "customer", _("顧客都合")


class BuyerStage(TextChoices):
    UNAWARE = "unaware", _("気づいていない")
    AWARE = "aware", _("課題に気づいた")
    EXPLORING = "exploring", _("解決策を探している")
    REQUIREMENTS = "requirements", _("要件を決めている")
    COMPARING = "comparing", _("比較している")
    DECIDING = "deciding", _("社内で決めている")
    ADOPTING = "adopting", _("導入")


class Happening(TextChoices):
    """What counts once it has happened to a deal."""

    OPENED = "opened", _("新しい案件")
    TOPIC = "topic", _("新しい話題")
    DEAL = "deal", _("新しい商談")
    WON = "won", _("受注")
    LOST = "lost", _("ボツ")
