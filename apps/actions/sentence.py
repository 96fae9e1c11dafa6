"""The sentence on top of the day: said from the very rows below it."""

from __future__ import annotations

from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from apps.actions.today import Today


def sentence(day: Today) -> str:
    """What comes first, in at most two thoughts."""
    said = [words for words in (_next_visit(day), _waiting(day)) if words]
    between = "" if (get_language() or "ja").startswith("ja") else " "
    return between.join(said) if said else _("期日の来たことは、すべて済んでいます。")


def _next_visit(day: Today) -> str:
    if not (ahead := day.ahead):
        return ""
    first = ahead[0]
    facts = {
        "count": len(ahead),
        "time": f"{localtime(first.starts_at):%-H:%M}",
        "company": first.company.name,
    }
    return (
        ngettext(
            "これからの訪問は%(count)s件、次は%(time)sの%(company)sです。",
            "これからの訪問は%(count)s件、次は%(time)sの%(company)sです。",
            len(ahead),
        )
        % facts
    )


def _waiting(day: Today) -> str:
    """The most urgent kind that waits."""
    if day.questions:
        return _("日報への質問が、答えを待っています。")
    if count := day.to_report:
        return ngettext(
            "外出後報告がまだの訪問が%(count)s件あります。",
            "外出後報告がまだの訪問が%(count)s件あります。",
            count,
        ) % {"count": count}
    if count := day.due:
        return ngettext(
            "期日の来た次の一手が%(count)s件あります。", "期日の来た次の一手が%(count)s件あります。", count
        ) % {"count": count}
    if count := day.unprepared:
        return ngettext(
            "外出前報告がまだの訪問が%(count)s件あります。",
            "外出前報告がまだの訪問が%(count)s件あります。",
            count,
        ) % {"count": count}
    if count := day.still.total:
        return ngettext(
            "動きのない案件が%(count)s件あります。", "動きのない案件が%(count)s件あります。", count
        ) % {"count": count}
    if count := day.leads.total:
        return ngettext(
            "リストに載って連絡がまだの顧客が%(count)s社あります。",
            "リストに載って連絡がまだの顧客が%(count)s社あります。",
            count,
        ) % {"count": count}
    return ""
