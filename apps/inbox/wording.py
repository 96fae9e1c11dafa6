"""How what reaches a person reads."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _


def spent(time: timedelta | None) -> str:
    """1時間5分, 12分30秒, 8秒"""
    if time is None:
        return "—"
    seconds = round(time.total_seconds())
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return _("%(hours)d時間%(minutes)d分") % {"hours": hours, "minutes": minutes % 60}
    if minutes:
        return _("%(minutes)d分%(seconds)d秒") % {"minutes": minutes, "seconds": seconds % 60}
    return _("%(seconds)d秒") % {"seconds": seconds}
