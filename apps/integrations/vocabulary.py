"""The words for what comes in by file."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where an import stands; what the worker does is `*ing`."""

    READING = "reading", _("ファイルを読んでいます")
    UNREADABLE = "unreadable", _("読めません")
    MAPPING = "mapping", _("列の対応を待っています")
    CHECKING = "checking", _("試しています")
    CHECKED = "checked", _("確認を待っています")
    RUNNING = "running", _("取り込んでいます")
    STOPPED = "stopped", _("止めました")
    DONE = "done", _("取り込みました")
    UNDOING = "undoing", _("取り消しています")
    UNDONE = "undone", _("取り消しました")


class Same(TextChoices):
    """What a row does to a record that is here already."""

    FILL = "fill", _("空いている項目だけ埋める")
    UPDATE = "update", _("ファイルの値で更新する")
    LEAVE = "leave", _("取り込まない")


class Settled(TextChoices):
    """What was decided about a row that did not go in."""

    OPEN = "open", _("確認が必要")
    AGAIN = "again", _("もう一度取り込む")
    LEFT_OUT = "left_out", _("取り込まない")
