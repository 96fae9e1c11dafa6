"""The words for what lies beside a record."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileKind(TextChoices):
    """What a file is, by its content. Anything else is not taken."""

    PDF = "pdf", _("PDF")
    PNG = "png", _("PNG画像")
    JPEG = "jpeg", _("JPEG画像")
    GIF = "gif", _("GIF画像")
    WEBP = "webp", _("WebP画像")
    HEIC = "heic", _("HEIC画像")
    WORD = "docx", _("Word文書")
    EXCEL = "xlsx", _("Excelブック")
    POWERPOINT = "pptx", _("PowerPointスライド")
    OPEN_DOCUMENT = "odf", _("OpenDocument文書")
    OLD_OFFICE = "ole", _("以前の形式のOffice文書・Outlookメール")
    TEXT = "text", _("テキスト・CSV")
    ZIP = "zip", _("ZIP")


class Sign(TextChoices):
    """反応 — a word of one tap."""

    THANKS = "thanks", _("おつかれさま")
    GOOD = "good", _("いいね")
    LEARNED = "learned", _("参考になった")
    CHEER = "cheer", _("応援しています")
