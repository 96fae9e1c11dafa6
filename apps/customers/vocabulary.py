"""The words for whom we sell to."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DecisionRole(TextChoices):
    """What a contact has to say when their company decides."""

    DECIDER = "decider", _("決裁者")
    CHAMPION = "champion", _("推進者")
    USER = "user", pgettext_lazy("decision role", "利用者")
    OPPONENT = "opponent", _("反対者")
    UNKNOWN = "unknown", _("不明")


class Stance(TextChoices):
    """How a contact thinks of us now."""

    FOR = "for", _("賛成")
    NEUTRAL = "neutral", _("中立")
    AGAINST = "against", _("反対")
    UNKNOWN = "unknown", _("不明")


class Power(TextChoices):
    """決める力 — how much a contact's word weighs when their company decides."""

    HIGH = "high", pgettext_lazy("power", "大きい")
    MIDDLE = "middle", pgettext_lazy("power", "ふつう")
    LOW = "low", pgettext_lazy("power", "小さい")


class SourceKind(TextChoices):
    """What kind of place a lead comes from."""

    SEO_SEM = "seo_sem", _("SEO・SEM")
    AD = "ad", _("広告")
    EXHIBITION = "exhibition", _("展示会")
    SEMINAR = "seminar", _("セミナー")
    REFERRAL = "referral", _("紹介")
    INBOUND = "inbound", _("問い合わせ")
    COLD_LIST = "cold_list", _("新規開拓リスト")
