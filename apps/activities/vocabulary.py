"""The words for what reps did."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FollowKind(TextChoices):
    CALL = "call", _("電話")
    EMAIL = "email", _("メール")
    LETTER = "letter", _("手紙")
    CHAT = "chat", _("チャット")
    ONLINE = "online", _("オンライン")


class Direction(TextChoices):
    OUT = "out", _("こちらから")
    IN = "in", _("先方から")


class FollowOutcome(TextChoices):
    CONNECTED = "connected", _("つながった")
    ABSENT = "absent", _("不在")
    REFUSED = "refused", _("断られた")
    SENT = "sent", _("送った")
    REPLIED = "replied", _("返事があった")


class VisitKind(TextChoices):
    ON_SITE = "on_site", _("先方で")
    ONLINE = "online", _("オンラインで")


class VisitStatus(TextChoices):
    PLANNED = "planned", _("予定")
    DONE = "done", _("済み")
    CANCELLED = "cancelled", _("取りやめ")


class Progress(TextChoices):
    """What a visit did to what may be sold."""

    FORWARD = "forward", _("前に進んだ")
    SAME = "same", _("変わらない")
    BACK = "back", _("後退した")


class Turnout(TextChoices):
    """What became of an expected issue."""

    AS_EXPECTED = "as_expected", _("想定通り")
    DIFFERENT = "different", _("違った")
    DID_NOT_COME_UP = "did_not_come_up", _("出なかった")
