"""The rows of the settings' first page. An app above adds its own with `@row`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import queries
from apps.accounts.models import User
from apps.accounts.permissions import may
from apps.accounts.vocabulary import Act
from apps.base import text
from apps.inbox import queries as inbox
from apps.inbox import wording
from apps.mail import queries as mail


class Section(TextChoices):
    """A card of the page; the value is its icon."""

    ME = "user", gettext_lazy("自分")
    PEOPLE = "users", gettext_lazy("人と組織")
    CALENDAR = "calendar", gettext_lazy("目標と暦")
    SALES = "baton", gettext_lazy("営業の決まり")
    DATA = "file", gettext_lazy("データ")
    LINKS = "plug", gettext_lazy("つながり")
    SAFETY = "lock", gettext_lazy("安全")


@dataclass(frozen=True)
class Row:
    """`words`: what people may call it otherwise, in everyday language; `tag`: what waits for somebody there."""

    name: str
    value: str
    url: str
    words: str = ""
    tag: str = ""


_ROWS: list[tuple[Section, Act | None, Callable[[User], Row]]] = []


def row(section: Section, act: Act | None = None) -> Callable[[Callable[[User], Row]], Callable[[User], Row]]:
    """Show the row in that section, to those who may do the act (None: to everybody)."""

    def register(make: Callable[[User], Row]) -> Callable[[User], Row]:
        _ROWS.append((section, act, make))
        return make

    return register


def sections_for(user: User, *, words: str = "") -> list[tuple[Section, list[Row]]]:
    """What this person may see, each with its present value, found by what one may call it; empty sections are left out."""
    seen = [(section, make(user)) for section, act, make in _ROWS if act is None or may(user, act)]
    keys = [text.search_key(word) for word in words.split()]
    seen = [(section, row) for section, row in seen if _is_called(section, row, keys)]
    rows = {section: [row for where, row in seen if where == section] for section in Section}
    return [(section, rows[section]) for section in Section if rows[section]]


def _is_called(section: Section, row: Row, keys: list[str]) -> bool:
    called = text.search_key(f"{section.label}{row.name}{row.value}{row.words}{row.tag}")
    return all(key in called for key in keys)


@row(Section.ME, Act.KEEP_OWN_ACCOUNT)
def profile(user: User) -> Row:
    return Row(_("氏名"), user.name, reverse("accounts:change-profile"), _("名前 よみ プロフィール"))


@row(Section.ME, Act.KEEP_OWN_ACCOUNT)
def language(user: User) -> Row:
    chosen = dict(settings.LANGUAGES).get(user.language, _("会社の言語"))
    words = _("英語 日本語 language ダークモード テーマ")
    return Row(_("言語と明るさ"), str(chosen), reverse("accounts:choose-language"), words)


@row(Section.ME, Act.KEEP_OWN_ACCOUNT)
def password(user: User) -> Row:
    return Row(_("パスワード"), _("変える"), reverse("accounts:change-password"), _("ログイン 暗証"))


@row(Section.ME, Act.KEEP_OWN_ACCOUNT)
def second_factor(user: User) -> Row:
    value = _("使っています") if queries.factor_of(user) else _("使っていません")
    return Row(
        _("2段階認証"), value, reverse("accounts:second-factor"), _("ログイン 認証アプリ 二段階 コード")
    )


@row(Section.ME, Act.END_LOGINS)
def logins(user: User) -> Row:
    count = queries.logins_of(user, at=timezone.now()).count()
    value = ngettext("%(n)s台", "%(n)s台", count) % {"n": count}
    return Row(
        _("ログイン中の端末"), value, reverse("accounts:logins"), _("セッション パソコン スマホ 紛失 盗難")
    )


@row(Section.ME)
def notifications(user: User) -> Row:
    off = sum(inbox.is_less(wish) for wish in inbox.wishes_of(user.pk).values())
    value = (
        ngettext("%(n)s種類を止めています", "%(n)s種類を止めています", off) % {"n": off}
        if off
        else _("すべて")
    )
    return Row(_("通知"), value, reverse("inbox:preferences"), _("お知らせ メール ベル コメント 呼ばれた"))


@row(Section.ME)
def input_time(user: User) -> Row:
    today = timezone.localdate()
    spent = inbox.input_by_day(user.pk, since=today).get(today)
    value = _("今日 %(time)s") % {"time": wording.spent(spent.time)} if spent else _("今日はまだありません")
    return Row(_("入力の時間"), value, reverse("inbox:input-time"), _("記録 フォーム 分 かかった時間"))


@row(Section.PEOPLE, Act.MANAGE_USERS)
def users(user: User) -> Row:
    active, invited, stopped = queries.head_count()
    value = ngettext("%(n)s名", "%(n)s名", active) % {"n": active}
    if invited:
        value += _("・") + _("招待中 %(n)s名") % {"n": invited}
    if stopped:
        value += _("・") + _("停止中 %(n)s名") % {"n": stopped}
    return Row(_("利用者"), value, reverse("accounts:users"), _("ユーザー 社員 招待 役割 権限 人"))


@row(Section.PEOPLE, Act.MANAGE_USERS)
def teams(user: User) -> Row:
    names = [team.name for team in queries.teams() if team.parent_id is None]
    return Row(
        _("チーム"), _("・").join(names) or _("まだありません"), reverse("accounts:teams"), _("部署 課 組織")
    )


@row(Section.SAFETY, Act.MANAGE_USERS)
def demanded_factor(user: User) -> Row:
    value = _("全員に求める") if queries.organisation().demands_second_factor else _("本人が決める")
    return Row(_("2段階認証の決まり"), value, reverse("accounts:demand-factor"), _("ログインの方法 二段階"))


@row(Section.CALENDAR, Act.MANAGE_WORDS)
def fiscal_year(user: User) -> Row:
    value = _("%(month)sはじまり") % {"month": MONTHS[queries.organisation().fiscal_year_starts]}
    return Row(_("会計年度"), value, reverse("accounts:start-fiscal-year"), _("年度 期首 半期"))


@row(Section.CALENDAR)
def calendar(user: User) -> Row:
    return Row(
        _("営業カレンダー"),
        str(queries.calendar_in_force(None)),
        reverse("accounts:calendar"),
        _("営業日 休み 祝日 休業日 営業時間"),
    )


@row(Section.LINKS, Act.READ_OUTBOX)
def outbox(user: User) -> Row:
    waiting = mail.messages(waiting=True).count()
    value = _("送信待ち %(n)s通") % {"n": waiting} if waiting else _("すべて送りました")
    refused = _("送り直します") if waiting and mail.refused().exists() else ""
    return Row(_("送ったメール"), value, reverse("mail:outbox"), _("メール 送信"), tag=refused)


@row(Section.LINKS, Act.MAKE_TOKENS)
def tokens(user: User) -> Row:
    held = queries.tokens_of(user).filter(revoked_at__isnull=True).count()
    value = ngettext("%(n)s本", "%(n)s本", held) % {"n": held} if held else _("まだありません")
    return Row(_("APIトークン"), value, reverse("accounts:tokens"), _("鍵 連携 プログラム"))
