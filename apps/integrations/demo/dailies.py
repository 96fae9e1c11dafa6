"""The daily reports of the demo's last weeks, and what managers and colleagues say to them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from apps.accounts import queries as accounts
from apps.accounts.models import SYSTEM, User
from apps.accounts.vocabulary import Role
from apps.activities import operations as activities
from apps.activities.models import DailyReport
from apps.conversations import operations
from apps.conversations.vocabulary import Sign

DAYS = 12
"""Working days that are told of; today is everybody's own to tell."""

REFLECTIONS = (
    "午前は電話に集中。つながる時間帯が10時台に寄っているので、明日も同じ時間に。",
    "訪問先で想定していなかった質問が出た。答えを用意してから次に臨みます。",
    "断られた2社とも予算の時期が違うだけでした。半年後に戻る予定を入れました。",
    "見積もりの説明に時間を使いすぎた。先に結論から話す。",
    "決裁者に会えたのが一番の前進。紹介してくれた担当の方にお礼を送ります。",
    "資料を送るだけの連絡が多かった。次は相手の困りごとを1つ聞いてから送る。",
    "",
    "移動が長い日でした。移動中に記録を済ませたので、残業はなし。",
)
TOMORROWS = (
    "訪問の準備、見積もりの見直し",
    "新しいリストの会社に電話",
    "先週の訪問先にお礼とご提案の連絡",
    "",
)
ASKED = (
    ("価格の話は、どなたの前で出ましたか。", "課長だけの場でした。部長には次回、ご一緒のときに話します。"),
    ("次の訪問に同行しようか。", ""),
    ("断られた理由は、価格と時期のどちらが大きかった?", "時期です。4月に改めて連絡します。"),
)
SAID = ("よい流れですね。そのまま進めてください。", "話し方、参考にします。", "無理のない順番で大丈夫です。")


def tell_days(*, now: datetime, chance: int) -> int:
    """Reports of everybody who sells, read and answered by who leads them; returns how many."""
    rng = Random(chance)  # noqa: S311 - invents a demo, guards nothing
    reports: list[dict[str, Any]] = []
    for rep in accounts.reps():
        reports += _of(rep, rng, now=now)
    sent = activities.load_dailies(reports=reports, by=SYSTEM, at=now)
    boss = User.objects.active().filter(roles__contains=[Role.MANAGER]).order_by("reading").first()
    _answer([report for report in sent if report.user != boss], boss, rng, now=now)
    return len(sent)


def _of(rep: User, rng: Random, *, now: datetime) -> list[dict[str, Any]]:
    """Most days in the evening, some the next morning, a few not yet."""
    today = timezone.localdate(now)
    calendar = accounts.working_time_of(rep, on=today)
    days = list(calendar.days(today - timedelta(days=DAYS * 2), today - timedelta(days=1)))[-DAYS:]
    told = []
    for day in days:
        evening = datetime.combine(day, time(17, 40), timezone.get_current_timezone())
        late = rng.random() < 0.15
        at = evening + timedelta(hours=15 if late else 0, minutes=rng.randrange(40))
        if rng.random() < 0.92 and at <= now:
            words = {"reflection": rng.choice(REFLECTIONS), "tomorrow": rng.choice(TOMORROWS)}
            told.append({"user": rep, "day": day, "sent_at": at, **words})
    return told


def _answer(reports: list[DailyReport], boss: User, rng: Random, *, now: datetime) -> None:
    """The manager has read all but the latest day; some get a word, some a question, one of them without an answer."""
    latest = max((report.day for report in reports), default=None)
    read = [report for report in reports if report.day != latest]
    for report in read:
        at = min(report.sent_at + timedelta(hours=14), now)
        operations.mark_read(about=report, by=boss, at=at)
        if rng.random() < 0.3:
            operations.react(about=report, sign=rng.choice(list(Sign)), by=boss, at=at)
        if rng.random() < 0.15:
            operations.write_comment(about=report, text=rng.choice(SAID), by=boss, at=at)
    for report, (question, answer) in zip(reversed(read), ASKED, strict=False):
        at = min(report.sent_at + timedelta(hours=15), now - timedelta(hours=1))
        operations.write_comment(about=report, text=question, asks=True, by=boss, at=at)
        if answer:
            later = at + timedelta(minutes=30)
            operations.write_comment(about=report, text=answer, by=report.user, at=later)
