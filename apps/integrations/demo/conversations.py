"""What the demo's people say beside their deals and companies, and two files: made here, none lies in the repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

import xlsxwriter
from django.core.files.base import ContentFile

from apps.accounts.models import User
from apps.accounts.vocabulary import Role
from apps.conversations import operations
from apps.integrations.demo.lives import Life

TALKS = (
    (
        "@{boss} 金額が大きいので、見積もりの前に一度見てもらえますか。",
        "@{rep} 見ました。範囲を2つに分けて出しましょう。",
    ),
    (
        "先方の決算月は3月とのこと。稟議は1月中に出したいそうです。",
        "@{rep} では年内に決裁者に会えるよう、訪問を前倒しで。",
    ),
    (
        "競合も提案中。価格よりも導入の早さを気にしています。",
        "@{rep} 導入事例を1枚にまとめて持っていってください。",
    ),
    (
        "@{boss} 現場の方は前向きですが、部長がまだ慎重です。",
        "次の訪問に同行します。@{rep} 日程を2つください。",
    ),
)


def talk(lives: Sequence[Life], *, now: datetime) -> int:
    """A few talks about open deals between who looks after them and a manager; returns how many comments."""
    boss = User.objects.active().filter(roles__contains=[Role.MANAGER]).order_by("reading").first()
    going = [
        life for life in lives if life.deal and life.deal.is_open and life.deal.owner not in (None, boss)
    ]
    said = 0
    for number, (life, (question, answer)) in enumerate(zip(going[-len(TALKS) :], TALKS, strict=False)):
        rep, at = life.deal.owner, now - timedelta(hours=30 + 7 * number)
        names = {"boss": boss.name, "rep": rep.name}
        for about, text, by, later in (
            (life.deal, question, rep, 0),
            (life.deal, answer, boss, 2),
            (
                life.deal.company,
                f"@{boss.name} 訪問前に最近の経緯をまとめました。案件のコメントも見てください。",
                rep,
                3,
            ),
        ):
            operations.write_comment(
                about=about, text=text.format(**names), by=by, at=at + timedelta(hours=later)
            )
            said += 1
        if number < 2:
            _lay(life, rep, at=at)
    return said


def _lay(life: Life, rep: User, *, at: datetime) -> None:
    plan, amount = life.deal.plan or "標準", life.deal.amount or 600_000
    name = f"見積内訳_{life.deal.company.name}.xlsx"
    operations.attach_file(about=life.deal, file=_estimate(plan, amount), name=name, by=rep, at=at)
    minutes = (
        f"{at:%Y/%m/%d} 打ち合わせ\n・今のやり方で困っていること: {life.pain}\n・次回までに: 見積もりの説明\n"
    )
    operations.attach_file(
        about=life.deal.company, file=ContentFile(minutes.encode()), name="議事録.txt", by=rep, at=at
    )


def _estimate(plan: str, amount: int) -> ContentFile:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("見積内訳")
        for row, line in enumerate([("項目", "金額"), (plan, amount), ("導入支援", 0), ("合計", amount)]):
            sheet.write_row(row, 0, line)
    return ContentFile(buffer.getvalue())
