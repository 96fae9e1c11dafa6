"""`python -m bench.capture`: reading one line of a rep, in a company that knows 22,000 others, many of them alike.

COMPANIES=5000 takes fewer, ROUNDS=3 reads each of the two hundred lines as often; PROFILE=1 says where the time goes.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from config import embedded

COMPANIES = int(os.environ.get("COMPANIES", "22000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
VAR = embedded.VAR / f"bench-capture-{COMPANIES}"
TENANT, REP = "lines", "rep0@bench.example"

HEADS = (
    "青葉 あおば|東雲 しののめ|北浜 きたはま|丸森 まるもり|西川 にしかわ|中瀬 なかせ|大瀬 おおせ|山田 やまだ|山本 やまもと|田中 たなか"
    "|佐藤 さとう|高橋 たかはし|渡辺 わたなべ|伊藤 いとう|中村 なかむら|小林 こばやし|加藤 かとう|吉田 よしだ|松本 まつもと|井上 いのうえ"
    "|木村 きむら|林 はやし|清水 しみず|山崎 やまざき|森 もり|池田 いけだ|橋本 はしもと|阿部 あべ|石川 いしかわ|前田 まえだ|藤田 ふじた"
    "|後藤 ごとう|岡田 おかだ|長谷川 はせがわ|村上 むらかみ|近藤 こんどう|石井 いしい|坂本 さかもと|遠藤 えんどう|東京 とうきょう"
    "|大阪 おおさか|名古屋 なごや|横浜 よこはま|神戸 こうべ|京都 きょうと|福岡 ふくおか|札幌 さっぽろ|仙台 せんだい|広島 ひろしま|千葉 ちば"
    "|埼玉 さいたま|新潟 にいがた|静岡 しずおか|浜松 はままつ|岡山 おかやま|熊本 くまもと|鹿児島 かごしま|長野 ながの|金沢 かなざわ"
    "|関東 かんとう|関西 かんさい|中央 ちゅうおう|日本 にほん|全国 ぜんこく|北海道 ほっかいどう|九州 きゅうしゅう|東海 とうかい|北陸 ほくりく"
    "|旭 あさひ|朝日 あさひ|富士 ふじ|三和 さんわ|協和 きょうわ|共栄 きょうえい|大和 やまと|太陽 たいよう|明治 めいじ|昭和 しょうわ|平和 へいわ"
    "|ミナト みなと|テクノ てくの|サン さん|グリーン ぐりーん|アルファ あるふぁ|ユニオン ゆにおん|エース えーす|スター すたー|ライト らいと"
    "|ひかり ひかり|みどり みどり|さくら さくら|つばめ つばめ|ことぶき ことぶき|まるごと まるごと|すみれ すみれ|たんぽぽ たんぽぽ"
)
ENDS = (
    "商事 しょうじ|物産 ぶっさん|産業 さんぎょう|工業 こうぎょう|製作所 せいさくしょ|精機 せいき|精工 せいこう|鉄工 てっこう|鉄工所 てっこうしょ"
    "|金属 きんぞく|電機 でんき|電装 でんそう|電子 でんし|機械 きかい|運輸 うんゆ|運送 うんそう|物流 ぶつりゅう|倉庫 そうこ|印刷 いんさつ|紙器 しき"
    "|包装 ほうそう|建設 けんせつ|建材 けんざい|木材 もくざい|住宅 じゅうたく|不動産 ふどうさん|設備 せつび|食品 しょくひん|フーズ ふーず"
    "|製麺 せいめん|製菓 せいか|酒造 しゅぞう|水産 すいさん|青果 せいか|農園 のうえん|薬品 やくひん|クリニック くりにっく|病院 びょういん"
    "|繊維 せんい|縫製 ほうせい|家具 かぐ|造園 ぞうえん|自動車 じどうしゃ|石油 せきゆ|化学 かがく|化成 かせい|樹脂 じゅし|システム しすてむ"
    "|システムズ しすてむず|テック てっく|エンジニアリング えんじにありんぐ|サービス さーびす|デザイン でざいん|企画 きかく|商会 しょうかい"
)
MIDDLES = "| |第一 だいいち|中央 ちゅうおう|総合 そうごう|新 しん"
FORMS = ("株式会社{}", "{}株式会社", "有限会社{}", "{}", "合同会社{}")
FAMILIES = "佐藤 さとう|鈴木 すずき|高橋 たかはし|田中 たなか|伊藤 いとう|渡辺 わたなべ|山本 やまもと|中村 なかむら|小林 こばやし|加藤 かとう"
SAID = (
    "{name} {person}さん 電話 10分 見積に前向き 予算は聞けず 次は19日訪問",
    "{name}の{person}部長から入電 請求書の件 明日折り返し",
    "{short} 不在",
    "{name} 訪問1時間 60万 12月導入 来週火曜にデモ",
    "{sound} tel 5分 また来月",
    "TEL {person}さん {short} 15分 比較表が欲しいそう",
    "昨日訪問した{slip}の{person}課長、社内で検討しますとのこと、月末に再架電",
    "{name}→{person}課長→電話→不在→明日再架電",
)


def main() -> None:
    with embedded.in_use(VAR, durable=False) as addresses:
        os.environ.update(addresses, BATON_SECRET_KEY="only for the benchmark", BATON_LOG_LEVEL="ERROR")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        commands = [
            ["prepare_database"],
            ["create_tenant", TENANT, "--name", "計測", "--admin", "a@bench.example"],
        ]
        for words in commands:
            subprocess.run([sys.executable, "manage.py", *words], capture_output=True, check=True)
        import django

        django.setup()
        from apps.tenancy import queries
        from apps.tenancy.context import inside

        with inside(queries.named(TENANT)):
            _fill()
            _measure()


def _fill() -> None:
    from django.db import connection
    from django.utils import timezone

    from apps.accounts import operations as accounts
    from apps.accounts.models import SYSTEM
    from apps.accounts.vocabulary import Role
    from apps.customers import operations as customers
    from apps.customers.models import Company

    if Company.objects.exists():
        return
    given = {"by": SYSTEM, "at": timezone.now()}
    accounts.add_user(name="担当", reading="たんとう", email=REP, roles=[Role.FIELD_SALES], **given)
    chance = random.Random(4)
    named = [{"name": name, "reading": reading} for name, reading in _names(chance)]
    bought = customers.add_companies(companies=named, **given)
    families = [pair.split(" ") for pair in FAMILIES.split("|")]
    people = [
        {"company": company, "name": f"{name} 太郎", "reading": f"{reading} たろう", "title": title}
        for company in bought
        for (name, reading), title in zip(chance.sample(families, 2), ("部長", "課長"), strict=True)
    ]
    customers.add_contacts(contacts=people, **given)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _names(chance: random.Random) -> list[tuple[str, str]]:
    pairs = lambda words: [[*word.split(" "), ""][:2] for word in words.split("|")]  # noqa: E731
    made = {
        head + middle + end: heard + between + sound
        for head, heard in pairs(HEADS)
        for middle, between in pairs(MIDDLES)
        for end, sound in pairs(ENDS)
    }
    chosen = chance.sample(sorted(made), min(COMPANIES, len(made)))
    return [(chance.choice(FORMS).format(name), made[name]) for name in chosen]


def _lines() -> Iterator[str]:
    from apps.base import text
    from apps.customers.models import Company

    chance = random.Random(5)
    known = list(Company.objects.order_by("reading", "pk").values_list("name", "reading"))
    for number in range(200):
        name, reading = chance.choice(known)
        core = text.without_legal_form(name)
        place = chance.randrange(len(core))
        person = chance.choice(FAMILIES.split("|")).split(" ")[0]
        yield SAID[number % len(SAID)].format(
            name=core, short=core[:3], sound=reading, slip=core[:place] + core[place + 1 :], person=person
        )


def _measure() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from apps.accounts.models import User
    from apps.actions.capture import parse
    from apps.actions.capture.tenant import OfTenant
    from apps.customers.models import Company

    rep, today, lines = User.objects.get(email=REP), timezone.localdate(), list(_lines())

    def read(line: str) -> None:
        parse.read(line, today=today, names=OfTenant(rep))

    for line in lines[:20]:
        read(line)
    times: dict[str, float] = {}
    own: dict[str, float] = {}
    for _round in range(ROUNDS):
        for line in lines:
            started, busy = time.perf_counter(), time.process_time()
            read(line)
            taken, ours = (time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000
            times[line], own[line] = min(taken, times.get(line, taken)), min(ours, own.get(line, ours))
    with CaptureQueriesContext(connection) as asked:
        read(lines[0])
    print(
        f"{Company.objects.count():,} companies, {len(times)} lines, the best of {ROUNDS}, {len(asked)} queries:"
        f" {_told(times)}; without the database's share {_told(own)}"
    )
    print(
        "slowest:",
        *(f"{taken:.1f} {line}" for line, taken in sorted(times.items(), key=lambda p: -p[1])[:5]),
        sep="\n  ",
    )
    if os.environ.get("PROFILE"):
        with cProfile.Profile() as profile:
            for line in lines:
                read(line)
        pstats.Stats(profile).sort_stats("tottime").print_stats(22)


def _told(times: dict[str, float]) -> str:
    in_order = sorted(times.values())
    return (
        f"median {statistics.median(in_order):.1f} ms, p95 {in_order[int(len(in_order) * 0.95)]:.1f} ms,"
        f" worst {in_order[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()
