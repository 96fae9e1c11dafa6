"""What of a line lies ahead: the next action and when the order is expected; and the day of the contact itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from apps.actions.capture import dates, words
from apps.actions.capture.line import TAKEN, Line, clause_around, clauses
from apps.actions.capture.reading import Certainty, Chip, Next

_BLANK = re.compile(r"[\s、,~]*")
_TO_SOMEBODY = re.compile(rf"\s*{TAKEN}(?:(?:さん|様|の|へ|に)?[\s{TAKEN}])*")
_CONDITION = re.compile(r"(?:なければ|なかったら|なら|たら|次第|れば|場合は?)$")
_TIMED_BEFORE = re.compile(
    rf"(?:(?:{words.TIMED.pattern})(?:の?(?:時期|予定|希望|目標|目処))?|時期|納期|目標|目処)(?:は|が|を|も|:|、)?\s*$"
)
_TIMED_ACT = re.compile(rf"[一-鿿ァ-ヴー]{{0,4}}?(?P<timed>{words.TIMED.pattern})")
_PUT_OFF = re.compile(
    r"持ち?越|先?送り|ずれ込|スライド|繰り?越|の?(?:予定|予算)|(?<=からに)し(?:たい|てほしい)"
)
_WISH = re.compile(rf"(?:{words.TIMED.pattern})[^\s、。]{{0,3}}たい")
_HOUR = re.compile(r"\d{1,2}(?::\d{2}|時(?:半|\d{1,2}分)?)(?:から|~|に)?")
_LATER = re.compile(
    r"夕方|\d{1,3}(?:分|時間)後|午後(?:イチ|一番?)?|昼過ぎ|夜|\d{1,2}時(?:半|過ぎ|以降|頃|ごろ)?に?(?=再|また|改めて|か[けか]|掛|折)"
)
_LATER_AGAIN = re.compile(rf"(?:の|は)?(?:{_LATER.pattern})に?(?:再|また|改めて|か[けか]|掛|折)")
_BY_MARK = re.compile(
    rf"(?:次の一手|次回の?|次(?![第長期世])|NEXT|ネクスト|宿題|TODO|タスク)(?:は|が|に|:|、|、)?\s*(?=[^\s{TAKEN}])|(?:→|⇒|➡|➔|>)\s*",
    re.IGNORECASE,
)
_WEEKS_AGO = 45
_STILL_AHEAD = re.compile(r"(?:に|は)?[^\s、。]{0,8}[うくぐすつぶむる](?:予定|つもり)?(?![^\s、。!])")
_ARROW = re.compile(r"[→⇒➡➔>]\s*$")
_WIDE = re.compile(
    rf"(?:(?:来|今|翌)年の?)?(?:{dates.NUMBER}|[来今翌]|再来)月(?:中|ごろ|頃|末)?|月末|年明け(?:早々|すぐ)?|年内"
)
"""So wide a stretch says when the customer means to sign, not when we shall be there."""
_END_OF_ACT = re.compile(
    r"(?:で|に|の)?(?:アポ(?:確定|取れた|獲得|取得|いただ|もら|あり|OK|とれた).*|(?:OK|了承|了解|許可)(?:もら|いただ|頂|取れ|とれ|出た).*|(?:に)?決定.*|確定.*|約束.*)$"
)
_ACT_AND_ARROW = re.compile(rf"(?P<act>再?(?:{words.ACT.pattern})[一-鿿]{{0,3}})\s*[→⇒]\s*$", re.IGNORECASE)
_NOUN = re.compile(rf"[一-鿿ァ-ヴー]{{0,4}}(?:{words.ACT.pattern})[一-鿿]{{0,2}}", re.IGNORECASE)
_AGAIN = re.compile(
    r"(?:ASAP(?:で|に)?|至急|早急に|なるはやで?|早めに|近々|近日中に|また|後で|あとで|のちほど|後ほど|再度|改めて|あらためて|もう一度)(?!今度|の機会|か|[^\s]{0,6}(?:と|って)$)"
)
_WE_SHALL = re.compile(
    r"[^\s]{0,8}(?:送る|届ける|持って[行い]く|(?:送付|郵送|持参|連絡|電話|訪問|メール)する|かける|かけ直す|伺う)(?:予定|つもり)?"
)
_RE = re.compile(r"再(?:架電|訪|訪問|コール|TEL|電話|提案|見積|連絡|アポ)")


@dataclass(frozen=True)
class _Ahead:
    next: Next
    start: int
    end: int
    marked: bool


def take_next(line: Line, today: date, *, days: list[dates.Day]) -> Chip[Next]:
    """次の一手 — taken out of the line, so that its words say nothing of the contact itself."""
    found = [ahead for day in days if (ahead := _with_day(line, day, today, days))]
    marked = next((ahead for ahead in found if ahead.marked), None)
    ours = next((ahead for ahead in found if not _asked(line.rest, ahead)), None)
    best = marked or ours or (found[0] if found else None) or _later_today(line, today) or _without_day(line)
    if not best:
        return Chip()
    agreed = _END_OF_ACT.search(line.rest, best.start, best.end)
    line.take(best.start, agreed.start() if agreed and agreed.start() > best.start else best.end)
    sure = Certainty.SURE if best.next.what and best.next.on else Certainty.GUESS
    ahead = Next(line.as_said(best.next.what), best.next.on)
    return Chip(ahead, sure, line.span(best.start, best.end))


def _asked(rest: str, ahead: _Ahead) -> bool:
    """The customer's words, not ours: 年明け電話してって."""
    return bool(re.search(r"(?:して|くれ|ください)(?:って|と|との\S*)?$", rest[ahead.start : ahead.end]))


def _with_day(line: Line, day: dates.Day, today: date, days: list[dates.Day]) -> _Ahead | None:
    rest = line.rest
    if day.past or TAKEN in rest[day.start : day.end]:
        return None
    start, end = clause_around(rest, day.start, day.end)
    before, after = rest[start : day.start], rest[day.end : end]
    marked = _marked(rest, day.start)
    if day.on == today and not (
        marked
        or day.loose
        or _STILL_AHEAD.match(after)
        or _LATER_AGAIN.match(after)
        or re.search(r"中|いっぱい|これから|まで|この後|のちほど|後ほど", rest[day.start : end])
    ):
        return None
    if words.DONE.match(_END_OF_ACT.sub("", after)) and not marked:
        return None
    act = _act(words.TIME_OF_DAY.sub("", after, count=1) if words.TIME_OF_DAY.match(after) else after)
    if not act and (marked or not _said(after)):
        following = line.text[end:]
        gap = _BLANK.match(following)
        joined = next(iter(line_clauses(rest, end + (gap.end() if gap else 0))), None)
        hour = _HOUR.match(after) or (joined and _HOUR.match(joined[0]))
        if joined and _HOUR.fullmatch(joined[0]):
            end = joined.end()
            joined = next(iter(line_clauses(rest, end + len(_BLANK.match(rest, end)[0]))), None)  # type: ignore[index]
        heads = day.on > today and not line.text[: day.start].strip()  # 3/20 青葉フーズ 訪問
        to = _TO_SOMEBODY.match(rest, end)
        if not joined and to and (re.fullmatch(r"までに|に|以降に?", after) or heads):
            joined = next(iter(line_clauses(rest, to.end())), None)
            end = to.end() if joined else end
        alone = not _said(after) and not _said(words.LEADING.sub("", before) if not marked else "")
        ours = marked or hour or (heads and joined and joined.end() == len(rest.rstrip()))
        if joined and alone and (ours or _other_kind(line, joined)) and joined.start() - end < 3:
            act = _act(_HOUR.sub("", joined[0], count=1))
            end = joined.end() if act else end
    if act and not marked and _WIDE.fullmatch(rest[day.start : day.end]) and _timed(act):
        return None
    if act and before.endswith("を"):
        act = before = _after_mark(before) + act
    elif not act and before.endswith("を") and not _said(after) and not _theirs(before, rest):
        act = _after_mark(before)  # 要件定義を来週火曜に
    elif (
        not act
        and before.endswith("を")
        and re.fullmatch(r"[^\s]{0,6}[うくすつぬむる](?:予定)?", _said(after))
    ):
        act = _after_mark(before)
    elif act and (noun := _NOUN.fullmatch(_after_mark(before))) and not _kind_in(noun[0]):
        act = before = noun[0] + act  # 契約書12/1持参
    if not act and not _said(after) and (last := _ACT_AND_ARROW.search(rest[: day.start])):
        return _Ahead(Next(last["act"], day.on), last.start("act"), day.end, marked)
    if not act and _said(before) and not _TIMED_BEFORE.search(before):
        act = _act(_after_mark(before))
    if not act and not _said(before) and not _said(after):
        act, earlier = _act_before(rest, start)
        start = earlier if act else start
        before = rest[start : day.start] if act else before
    if not act and marked and not (_timed(after) and _only_timed(after)) and not _TIMED_BEFORE.search(before):
        hour = words.TIME_OF_DAY.match(rest, day.end)
        what, end = _act_in_mark(rest, day.start), hour.end() if hour else day.end
        if not what and _said(after):
            if _ARROW.search(rest[: day.start]) or _theirs(after, rest):
                return None
            what, end = _tidy(_said(after)), clause_around(rest, day.start, day.end)[1]
        return _Ahead(Next(what, day.on), _from(rest, start, day.start), end, marked)
    if not act or (_theirs(act, rest) and not words.ASKED_OF_US.search(rest[start:end])):
        return None
    condition = _CONDITION.search(before)
    first = start if condition or act in before else _from(rest, start, day.start)
    return _Ahead(Next(_tidy(act), day.on), first, end, marked)


def _act_before(rest: str, start: int) -> tuple[str, int]:
    """見積 明日: the act stands as a word of its own before the day."""
    before = [clause for clause in clauses(rest) if clause.end() <= start]
    if not before or not re.fullmatch(r"[\s、,]{1,2}", rest[before[-1].end() : start]):
        return "", start
    clause = before[-1]
    own = re.fullmatch(
        rf"再?(?:{words.ACT.pattern})[一-鿿]{{0,3}}", words.LEADING.sub("", clause[0]), re.IGNORECASE
    )
    if own and not any(p.fullmatch(clause[0]) for _k, p in words.KINDS):
        return own[0], clause.start()
    return "", start


def line_clauses(rest: str, start: int) -> list[re.Match[str]]:
    return [clause for clause in clauses(rest) if clause.start() == start]


def _said(words_: str) -> str:
    return words.LEADING.sub("", words.TIME_OF_DAY.sub("", words_)).strip()


def _act(said: str) -> str:
    """The act that these words begin with, unless they tell when the customer orders."""
    said = words.LEADING.sub("", said.replace(TAKEN, "")).strip()
    found = words.ACT.search(said)
    timed = words.TIMED.match(said)
    wished = timed and re.search(r"たい(?:$|と|そう|って)", said)
    ours = timed and (words.ACT.match(said) or words.ACT.match(said, timed.end()))  # 契約説明
    if not found or wished or (timed and not ours) or found.start() > 12:
        return ""
    return said


def _theirs(said: str, rest: str) -> bool:
    """What the customer will do; but who was called by them, calls back."""
    found = words.THEIRS.search(said)
    back = (
        found
        and re.fullmatch(r"折り?返す", found[0])
        and re.fullmatch(r"(?:こと|予定)?", said[found.end() :])
    )
    return bool(found) and not (back and words.INCOMING.search(rest))


def _only_timed(after: str) -> bool:
    return bool(re.fullmatch(words.TIMED_TAIL.pattern, words.LEADING.sub("", after)))


def _kind_in(said: str) -> bool:
    return any(pattern.search(said) for _kind, pattern in words.KINDS)


def _timed(after: str) -> bool:
    return bool(words.TIMED.match(words.LEADING.sub("", after)))


def _after_mark(before: str) -> str:
    found = list(_BY_MARK.finditer(before))
    return before[found[-1].end() :] if found else before


def _act_in_mark(rest: str, place: int) -> str:
    """次アポ 再来週火曜: the mark itself says what."""
    found = re.search(r"次回?の?([^\s]{1,8}?)(?:は|が|:)?\s*$", rest[:place])
    return found[1] if found and words.ACT.fullmatch(found[1]) else ""


def _marked(rest: str, place: int) -> bool:
    """次は, 次回 or an arrow stands right before."""
    return bool(
        re.search(
            r"(?:次の一手|次回?|NEXT|ネクスト|宿題|TODO|アポ(?:が|を)?(?:取れ|とれ|もら|いただ|頂|獲得|取得|確定|OK|ゲット)[^\s、。]{0,4}[\s、。!]*|→|⇒|➡|➔|>)(?:は|が|に|:|の?(?:訪問|アポ|連絡|打合せ|打ち合わせ|商談|面談)は?)?\s*$",
            rest[:place],
            re.IGNORECASE,
        )
    )


def _from(rest: str, start: int, place: int) -> int:
    """From the mark on, where one stands before the day."""
    marks = [found for found in _BY_MARK.finditer(rest, 0, place) if place - found.end() < 6]
    if marks:
        return marks[-1].start()
    again = re.search(r"(?:また|再度|改めて|あらためて|もう一度|じゃあ?|では)\s*$", rest[start:place])
    return start + again.start() if again else place


def _other_kind(line: Line, joined: re.Match[str]) -> bool:
    other = line.rest[: joined.start()] + TAKEN * len(joined[0]) + line.rest[joined.end() :]
    return any(pattern.search(other) for _kind, pattern in words.KINDS)


def _tidy(act: str) -> str:
    act = _END_OF_ACT.sub("", act) or act
    act = (
        re.sub(
            r"(?:(?:して)?(?:くれ|ください|下さい|ほしい|欲しい|頂戴)|して(?=[とっ]))(?:と|って|との.*|とのこと)?$",
            "",
            words.TRAILING.sub("", act),
        )
        or act
    )
    return words.TRAILING.sub("", act) or act


def _later_today(line: Line, today: date) -> _Ahead | None:
    """夕方かけ直す: an hour without a day is one of today that is still to come."""
    for clause in line.clauses():
        hour = _LATER.match(clause[0])
        act = _act(clause[0][hour.end() :]) if hour else ""
        if act and not _theirs(act, line.rest) and not words.DONE.match(act):
            return _Ahead(Next(_tidy(act), today), clause.start(), clause.end(), marked=False)
    return None


def _without_day(line: Line) -> _Ahead | None:
    """A next action whose day nobody said."""
    rest = line.rest
    for mark in reversed(list(_BY_MARK.finditer(rest))):
        end = _end_of_clause(rest, mark.end())
        act = _act(rest[mark.end() : end])
        arrow = mark[0].strip() in "→⇒➡➔>"
        if act and not _theirs(act, line.rest) and (not arrow or _last_act(line, mark, act)):
            return _Ahead(Next(_tidy(act), None), mark.start(), end, marked=True)
    for clause in line.clauses():
        if condition := words.UNTIL_THEN.match(clause[0]):
            act = clause[0][condition.end() :]
            if words.ACT.match(act) and not _theirs(clause[0], line.rest) and not words.DONE.match(act):
                return _Ahead(Next(_tidy(act), None), clause.start(), clause.end(), marked=False)
        again = _AGAIN.search(clause[0])
        act = _act(clause[0][again.end() :]) if again else ""
        if not again and _WE_SHALL.fullmatch(clause[0]) and not _theirs(clause[0], line.rest):
            return _Ahead(Next(_tidy(clause[0]), None), clause.start(), clause.end(), marked=False)
        if not again and (re_act := _RE.match(clause[0])):
            act, again = clause[0], re_act
        if again and act and again.start() < 8 and not _theirs(act, line.rest):
            return _Ahead(Next(_tidy(act), None), clause.start() + again.start(), clause.end(), marked=False)
    return None


def _end_of_clause(rest: str, start: int) -> int:
    return next((clause.end() for clause in clauses(rest) if clause.end() > start), start)


def _last_act(line: Line, mark: re.Match[str], act: str) -> bool:
    """After an arrow something is ahead only where a contact was told of before it."""
    told = any(pattern.search(line.rest[: mark.start()]) for _kind, pattern in words.KINDS)
    return (
        told
        and not words.ABSENT.match(act)
        and not words.DONE.match(act)
        and not words.REPLY_AWAITED.match(act)
        and "→" not in line.rest[mark.end() :]
    )


def take_timing(line: Line, today: date, *, fiscal_year_starts: int) -> Chip[date]:
    """時期 — the month in which the customer means to order or to begin; a negation is no fact."""
    for month in dates.months(line.rest, today, fiscal_year_starts=fiscal_year_starts):
        start, end = clause_around(line.rest, month.start, month.end)
        before, after = line.rest[start : month.start], line.rest[month.end : end]
        if words.NOT_SETTLED.match(after):
            continue
        led = words.LEADING.match(after)
        body = after[led.end() if led else 0 :]
        if _TIMED_ACT.match(body) or _PUT_OFF.match(after, led.end() if led else 0):
            thing = _TIMED_ACT.match(body)
            tail = re.compile(words.TIMED_TAIL.pattern).match(body, thing.start("timed") if thing else 0)
            if words.NOT_SETTLED.search(body):
                continue
            settled = re.search(r"(?:で)?(?:ほぼ)?決まり$", tail[0]) if tail else None
            told = settled.start() if settled else tail.end() - tail.start() if tail else 0
            last = month.end + (led.end() if led else 0) + max((tail.start() if tail else 0) + told, 1)
            if _WISH.match(body):  # what they want is told, too
                last = month.end + (led.end() if led else 0)
            carried = re.match(r"(?:持ち?越し?|先?送り|ずれ込み?|スライド|繰り?越し?)\S{0,4}", body)
            first, last, sure = month.start, end if carried else last, Certainty.SURE
        elif timed := _TIMED_BEFORE.search(before):
            tail = words.TIMED_TAIL.match(after)
            first, last, sure = start + timed.start(), month.end + (tail.end() if tail else 0), Certainty.SURE
        elif not month.to_the_day and not before and not words.TRAILING.sub("", body):
            first, last, sure = month.start, end, Certainty.GUESS
        else:
            continue
        line.take(first, last)
        return Chip(month.first, sure, line.span(first, last))
    return Chip()


def take_happened(line: Line, *, days: list[dates.Day], today: date, lasted: bool) -> Chip[date]:
    """The day of the contact, where it was not today; `lasted`: the line says how long it took."""
    for day in days:
        if TAKEN in line.rest[day.start : day.end]:
            continue
        _start, end = clause_around(line.rest, day.start, day.end)
        after = line.rest[day.end : end]
        done = _done(line.rest, day) and not _marked(line.rest, day.start)
        about = re.match(
            r"[^\s、。]{0,6}?(?:送っ|出し|渡し|話し|頼ん|提案し|提出し|依頼し|もらっ|言っ)[たて][一-鿿ァ-ヴ]|の(?!お?電話|TEL|架電|訪問|往訪|面談|商談|打ち?合|会議|MTG|Zoom|オンライン|Web|夜|朝|昼|夕方?|午|件で)",
            after,
        )
        if not about and (
            day.past
            or done
            or _dated(line, day, today)
            or (lasted and day.back < today < day.on and _only_contact(line, day, after))
        ):
            hour = words.TIME_OF_DAY.match(line.rest, day.end)
            line.take(day.start, hour.end() if hour else day.end)
            sure = Certainty.SURE if day.past or done else Certainty.GUESS
            earlier = day.back < today and day.on != today
            return Chip(day.back, sure, line.span(day.start, day.end)) if earlier else Chip()
    return Chip()


def _dated(line: Line, day: dates.Day, today: date) -> bool:
    """12/28 わかば薬局: the line begins with its date: today, or a few weeks ago rather than next year."""
    at_the_head = not line.text[: day.start].strip() and re.match(r"\d+[/月]", line.text[day.start : day.end])
    if day.on == today:
        return bool(at_the_head and re.match(rf"\s*{TAKEN}", line.rest[day.end :]))
    return bool(at_the_head) and (today - day.back).days < _WEEKS_AGO < (day.on - today).days


def _done(rest: str, day: dates.Day) -> bool:
    """13日に青葉フーズ訪問した, 月曜に訪問→検討するとのこと."""
    said = re.sub(rf"\s*{TAKEN}+\s*", "", re.split(r"[、。!?]", rest[day.end :])[0])
    told = re.match(r"(?:に|は)?[^\s]{0,2}(?:訪問|往訪|面談|商談|電話|TEL|Zoom)\s*[→⇒]", said)
    return bool(told or words.DONE.match(_END_OF_ACT.sub("", said)))


def _only_contact(line: Line, day: dates.Day, after: str) -> bool:
    """13日に訪問 … 1時間: nothing else in the line is a contact that can have lasted, and the day is just over."""
    if _marked(line.rest, day.start):
        return False
    kinds = [word for _kind, pattern in words.KINDS for word in pattern.finditer(line.rest)]
    if not line.rest[: day.start].strip() and re.match(rf"に?\s*{TAKEN}", line.rest[day.end :]):
        return len(kinds) == 1
    here = re.match(r"(?:に|は|、)?\s*(?:訪問|往訪|面談|電話|TEL|Zoom)(?![^\s、。])", after)
    other = (
        line.rest[: day.start]
        + TAKEN * (day.end + len(after) - day.start)
        + line.rest[day.end + len(after) :]
    )
    told = any(pattern.search(other) for _kind, pattern in words.KINDS)
    return bool(here) and not told
