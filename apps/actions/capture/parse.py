"""One line that a rep writes right after a contact, read by rules and the tenant's own names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from apps.actions.capture import companies, dates, doings, figures, heard, people, places, words
from apps.actions.capture.line import TAKEN, Line
from apps.actions.capture.names import Company, Names, Person
from apps.actions.capture.reading import Certainty, Chip, Reading

_OFFERED = 6
_PLAN_NOT = re.compile(
    r"(?:プラン)?(?:では|じゃ)?(?:なく|ない)|(?:プラン)?(?:は|だと)(?:高|不要|無理|いらない|要らない|厳し|オーバー)|(?:プラン)?より|(?:(?:と|か)[^\s、。]{1,12}?)?(?:で|か)迷|(?:プラン)?(?:から(?!始|スタート|で|や|試|入|導|使|いく|行)|をやめ|は却下|却下)"
)
_UNWANTED = re.compile(r"(?:は|も|が)?(?:不要|無理|い?らない|要らない)")
"""Of a plan, not of us."""
_PLAN_EDGE = re.compile(r"[ァ-ヴーA-Za-z]")
_ON_ANOTHER_DAY = re.compile(r"(?:[来次]週|来月|曜日?|明日)(?:から|は|も)$")
_JUST_A_COMPANY = re.compile(r"(?:会社|企業|業者|お客|客先|番号)$")
_NAME_SIGN = re.compile(r"[一-鿿々ァ-ヴーA-Za-z]")
_TRADE_SIGN = re.compile(r"[研産機業製電建設商社堂組店化鋼材薬食運装器]$")
"""What a company's name may end with, but hardly a family's."""
_AT_THE_HEAD = re.compile(
    rf"(?P<name>[一-鿿々ヶァ-ヴー・A-Za-z&ぁ-ん]{{3,14}}?(?<![ぁ-ん部課係室]))"
    rf"(?!(?<=[ァ-ヴー])[ァ-ヴー])(?=\s*(?:さん|様|御中|\(?新規)|\s*の?(?:{words.PERSON.pattern}|{words.TITLE})|\s*(?:に|へ|の|から|より)?(?:{words.CONTACT_WORDS}))",
    re.IGNORECASE,
)
_SO_CALLED = re.compile(
    r"(?P<name>[一-鿿々ァ-ヴー・A-Za-z&]{2,16})(?:って(?:いう)?|とかいう|と(?:い|言)う)(?:会社|企業|ところ|とこ(?!ろ)|お店)"
)
_NO_NAME = [
    words.ACT,
    words.TIMED,
    words.ABSENT,
    words.REFUSED,
    words.INCOMING,
    words.AFFAIR,
    *(p for _kind, p in words.KINDS),
]


def read(written: str, *, today: date, names: Names, company: Company | None = None) -> Reading:
    """Every fact of the line, each with how certain it is; `company`: where somebody has said which one it is."""
    said = company
    line, plans = Line(written), names.plans()
    company, offered, new_name, staff = _company(line, names, said, plans)
    contact = _contact(line, staff.get(company.value.id, ())) if company.value else Chip[Person]()
    line.spell_out()
    minutes = _minutes(line)
    amount = _amount(line)
    plan = _plan(line, plans)
    days = dates.days(line.rest, today)
    happened = doings.take_happened(line, days=days, today=today, lasted=minutes.known)
    ahead = doings.take_next(line, today, days=days)
    timing = doings.take_timing(line, today, fiscal_year_starts=names.fiscal_year_starts)
    told = line.rest
    kind = _kind(line)
    direction = _direction(line, told)
    outcome, certain, span = _outcome(line, told, kind.value, direction.value or "out", lasted=minutes.known)
    result = _result(line)
    talked = kind.value in ("call", "online", "visit")
    met = kind.value is None and direction.value == "out" and (minutes.known or result.value)
    if outcome is None and (talked or met):
        outcome, certain = "connected", Certainty.SURE if minutes.known or result.value else Certainty.GUESS
    return Reading(
        written, company, offered, new_name, contact, kind, direction,
        Chip(outcome, certain if outcome else Certainty.UNKNOWN, span),
        minutes, plan, amount, timing, ahead, result, happened, staff,
    )  # fmt: skip


def _company(
    line: Line, names: Names, said: Company | None, plans: Mapping[str, Sequence[str]]
) -> tuple[Chip[Company], tuple[Company, ...], str, dict[object, tuple[Person, ...]]]:
    sold = {form for name, short in plans.items() for form in (name, *short)}
    found = [
        mention
        for mention in companies.mentions(line, names.companies(places.asked(line)))
        if not _another_word(line.text[mention.start : mention.end], mention, sold)
    ]
    companies_named = [mention for mention in found if not _rather_a_person(line, mention)]
    near = (companies_named or found)[:40]
    staff = {pk: tuple(them) for pk, them in names.people([m.company.id for m in near]).items()}
    if said:
        return _as_said(line, said, near, names)
    near = [m for m in near if m.far < companies.OTHER_SIGNS or _knows(line, m, staff)]
    near = [m for m in near if not any(_works_at(m, other, staff) for other in near)]
    knows = {m.company.id: _knows(line, m, staff) for m in near}
    near, others = companies.who_is_meant(near, line.rest, knows)
    choice = companies.choose(near, knows)
    if not choice:
        name, start, end = _new_name(line)
        line.take(start, end)
        return Chip(), (), name, {}
    best = choice.mentions[0]
    line.take(*_with_legal_form(line.rest, best.start, best.end))
    alone = choice.sure or (len(choice.mentions) == 1 and _named_after_its_own(line, best, staff))
    sure = alone and companies_named and not others and (best.literal or not names.cut)
    sure = sure and not companies.merely_told_of(best, line.text)
    sure = sure and (knows[best.company.id] or not _told_with_another(line.text, best))
    rivals = names.rivals(best.key, of=best.company, whole=best.whole) if sure else ()
    certainty = Certainty.SURE if sure and not rivals else Certainty.GUESS
    offered = [m.company for m in (*choice.mentions, *others)] + [one for one in rivals if not one.gone]
    chip = Chip(best.company, certainty, line.span(best.start, best.end))
    return chip, tuple(offered[:_OFFERED]), "", staff


def _told_with_another(text: str, best: companies.Mention) -> bool:
    """ハレノワ 電話 青葉フーズの話になった: a contact was told of before, with a name that nobody knows."""
    contact = re.compile(words.CONTACT_WORDS, re.IGNORECASE).search(text[: best.start])
    said = re.split(r"[\s、。,:]+", text[: contact.start()]) if contact else []
    return any(_names_somebody(word) for word in said)


def _names_somebody(word: str) -> bool:
    other = words.PERSON.match(word) or words.ASIDE.match(word) or dates.named_in(word)
    return len(word) > 1 and not other and not any(pattern.search(word) for pattern in _NO_NAME)


def _named_after_its_own(
    line: Line, mention: companies.Mention, staff: Mapping[object, Sequence[Person]]
) -> bool:
    """武部生花店 for たけべ生花店, where 武部 (たけべ) works: the signs are known to sound so."""
    spelled = mention.company.spelled
    said = line.text[mention.start : mention.end]
    return spelled is not None and any(
        said == people.family(person.name) + spelled[2] and people.family(person.reading) == spelled[1]
        for person in staff.get(mention.company.id, ())
    )


def _as_said(
    line: Line, said: Company, near: Sequence[companies.Mention], names: Names
) -> tuple[Chip[Company], tuple[Company, ...], str, dict[object, tuple[Person, ...]]]:
    """The words that named the company are understood, whichever company they seemed to name."""
    meant = next((m for m in near if m.company.id == said.id), near[0] if near else None)
    name, *place = _new_name(line) if meant is None else ("", meant.start, meant.end)
    if meant or name:
        line.take(*_with_legal_form(line.rest, *place))
    staff = {pk: tuple(them) for pk, them in names.people([said.id]).items()}
    offered = tuple(dict.fromkeys([said, *(m.company for m in near if m.far <= near[0].far + 5)]))[:_OFFERED]
    return Chip(said, Certainty.SURE, line.span(*place) if meant or name else None), offered, "", staff


def _with_legal_form(rest: str, start: int, end: int) -> tuple[int, int]:
    before = re.search(rf"{words.LEGAL}\s*$", rest[:start])
    after = re.match(rf"\s*{words.LEGAL}", rest[end:])
    return before.start() if before else start, end + after.end() if after else end


def _another_word(said: str, mention: companies.Mention, plans: Collection[str]) -> bool:
    """明日 is nobody's short form, nor is the name of a plan or a kind of contact."""
    if len(mention.key) >= len(mention.company.keys[0]):
        return False
    return said in plans or dates.wholly(said) or any(word.fullmatch(said) for word in _NO_NAME)


def _rather_a_person(line: Line, mention: companies.Mention) -> bool:
    """田中さん is nobody's short form."""
    said = line.text[mention.start : mention.end]
    short = len(mention.key) < min(len(key) for key in mention.company.keys[:1]) and len(said) < 4
    follows = re.compile(rf"{words.HONORIFIC}|{words.DEPARTMENT}?{words.TITLE}").match(line.text, mention.end)
    return bool(short and follows and re.fullmatch(r"[一-鿿々]+", said))


def _works_at(
    mention: companies.Mention, other: companies.Mention, staff: Mapping[object, Sequence[Person]]
) -> bool:
    """くすのきくりにっく くすのきさん: what is named after a company is one of its people, not another company."""
    if other.end > mention.start:
        return False
    them = staff.get(other.company.id, ())
    return any(mention.key in (people.family(p.name), people.family(p.reading)) for p in them)


def _knows(line: Line, mention: companies.Mention, staff: Mapping[object, Sequence[Person]]) -> bool:
    """Somebody of that company is named, and the name does not go on to be another company's."""
    rest = line.rest[: mention.start] + TAKEN * (mention.end - mention.start) + line.rest[mention.end :]
    named = people.named(rest, staff.get(mention.company.id, ()))
    if not named or not named.person:
        return False
    longer = _NAME_SIGN.search(rest[: mention.start][-1:]) or (
        _NAME_SIGN.match(rest, mention.end) and named.start != mention.end
    )
    return not longer


def _new_name(line: Line) -> tuple[str, int, int]:
    """A company's name that nobody here goes by."""
    if found := words.WITH_LEGAL.search(line.rest):
        end = _before_person(line.rest, found.start(), found.end())
        return line.rest[found.start() : end], found.start(), end
    if (found := _SO_CALLED.search(line.rest)) and _names_a_company(found["name"]):
        return found["name"], *found.span()
    opened = re.match(
        r"\s*(?:新規(?:開拓|リスト|先|顧客)?|初回|初|飛び込み先?|☎)?(?:訪問|電話|架電)?[\s:、]*", line.rest
    )
    for found in words.COMPANY_NAMED.finditer(line.rest):
        after = line.rest[found.end() :]
        at_the_head = bool(opened and found.start() <= opened.end())
        called = re.match(
            rf"\s*(?:さん|様|御中|\(?新規|に?(?:{words.CONTACT_WORDS})|の?{words.PERSON.pattern})", after
        )
        person = words.PERSON.match(line.rest, found.start())
        if (at_the_head or called) and not person and not re.match(r"[がをは]", after):
            return found[0], *found.span()
    headed = _AT_THE_HEAD.match(line.rest, opened.end() if opened else 0)
    if headed and _names_a_company(headed["name"]) and not _cuts_a_person(line.rest, headed.end("name")):
        return headed["name"], *headed.span("name")
    first = next(line.clauses(), None)
    alone = first and re.match(r"[ァ-ヴー・A-Za-z]{3,}(?=$|の|に|さん|へ|様)", first[0])
    alone = alone or (
        first and _has_contact(line) and re.fullmatch(r"[一-鿿]*[ァ-ヴー]{2,}[一-鿿]{2,}", first[0])
    )
    if first and alone and _names_a_company(alone[0]) and not words.PERSON.match(first[0]):
        return alone[0], first.start(), first.start() + alone.end()
    return "", 0, 0


def _names_a_company(said: str) -> bool:
    """Four letters or katakana at the head of the line that are no person and no other word of a contact."""
    if _JUST_A_COMPANY.search(said):
        return False
    named = len(said) > 3 or re.search(r"[ァ-ヴ]", said)
    return bool(named) and _names_somebody(said)


def _has_contact(line: Line) -> bool:
    return any(pattern.search(line.rest) for _kind, pattern in words.KINDS)


def _cuts_a_person(rest: str, end: int) -> bool:
    called = re.compile(words.HONORIFIC).match(rest, end)
    return not called and any(found.start() < end < found.end() for found in words.PERSON.finditer(rest))


def _before_person(rest: str, start: int, end: int) -> int:
    for found in words.PERSON_AHEAD.finditer(rest, start + 3):
        if found.start() < end and not _TRADE_SIGN.search(re.sub(rf"{words.HONORIFIC}$", "", found[0])):
            return start + len(rest[start : found.start()].rstrip(" の・"))
    tail = re.compile(r"(?:の|に|へ|様|さん|から|より|と|で).*$").search(rest[start + 5 : end])
    return start + 5 + tail.start() if tail else end


def _contact(line: Line, staff: Sequence[Person]) -> Chip[Person]:
    named = people.named(line.rest, staff) or people.nearly_named(line.rest, staff)
    if not named:
        return Chip()
    line.take(named.start, named.end)
    if not named.person:
        return Chip()
    return Chip(
        named.person, Certainty.SURE if named.sure else Certainty.GUESS, line.span(named.start, named.end)
    )


def _minutes(line: Line) -> Chip[int]:
    found = figures.length(line.rest)
    if not found:
        return Chip()
    line.take(found.start, found.end)
    return Chip(found.value, Certainty.SURE, line.span(found.start, found.end))


def _amount(line: Line) -> Chip[int]:
    chip = Chip[int]()
    for figure, wanted in list(figures.amounts(line.rest)):
        if wanted and not chip.known:
            chip = Chip(figure.value, Certainty.SURE, line.span(figure.start, figure.end))
        end = figure.end
        if not wanted and figures.refused(line.rest, figure.end):
            aside = re.compile(r"[^\s、。,\d¥]*").match(line.rest, figure.end)
            end = aside.end() if aside else end
        line.take(figure.start, end)
    return chip


def _plan(line: Line, plans: Mapping[str, Sequence[str]]) -> Chip[str]:
    known = sorted(
        ((form, name) for name, short in plans.items() for form in (name, *short)), key=lambda p: -len(p[0])
    )
    chip = Chip[str]()
    for form, name in known:
        for found in _written(form, line.rest):
            edges = (
                line.rest[max(0, found.start() - 1) : found.start()],
                line.rest[found.end() : found.end() + 1],
            )
            if any(_PLAN_EDGE.match(edge) for edge in edges) and not line.rest.startswith(
                "プラン", found.end()
            ):
                continue
            end = found.end() + (3 if line.rest.startswith("プラン", found.end()) else 0)
            became = re.match(r"\s*[→⇒]\s*", line.rest[end:])
            refused = _PLAN_NOT.match(line.rest, end) or (
                became and any(line.rest.startswith(other, end + became.end()) for other, _name in known)
            )
            unwanted = _UNWANTED.match(line.rest, end)
            line.take(found.start(), unwanted.end() if unwanted else end)
            if not refused and not chip.known:
                chip = Chip(name, Certainty.SURE, line.span(found.start(), end))
            break
    return chip


def _written(form: str, rest: str) -> Iterator[re.Match[str]]:
    """A plan as it is called; a longer one in either kind of kana."""
    if len(form) > 3:
        form, rest = heard.hiragana(form), heard.hiragana(rest)
    return re.finditer(re.escape(form), rest, re.IGNORECASE)


def _kind(line: Line) -> Chip[str]:
    """The first kind of contact that is told of, before one that is only talked about."""
    found: list[tuple[bool, bool, int, int, int, str]] = []
    for order, (kind, pattern) in enumerate(words.KINDS):
        for word in pattern.finditer(line.rest):
            if not any(word.start() < other[4] and other[3] < word.end() for other in found):
                about = bool(words.KIND_NOT.match(line.rest, word.end()))
                timed = line.rest[word.end() : word.end() + 2].lstrip().startswith(TAKEN)
                strong = bool(words.KIND_STRONG.match(line.rest, word.end())) or timed
                found.append((about, not strong, order, word.start(), word.end(), kind))
    if not found:
        return Chip()
    about, _weak, _order, start, end, kind = min(found, key=lambda way: (way[0], way[1], way[3]))
    if about and words.REPLY_AWAITED.match(line.rest, start):
        return Chip()
    for *_how, first, last, _what in found:
        line.take(first, last)
    return Chip(kind, Certainty.GUESS if about else Certainty.SURE, line.span(start, end))


def _direction(line: Line, told: str) -> Chip[str]:
    found = words.INCOMING.search(told)
    if not found or words.REPLY_AWAITED.match(told, found.start()):
        return Chip("out", Certainty.GUESS)
    tail = re.compile(r"(?:た|て|で|あり|が|あった|もらった|しました|いた|ました|だいた)?").match(
        line.rest, found.end()
    )
    end = tail.end() if tail else found.end()
    if not re.match(r"お?問い?合わ?せ$|.*(?:質問|クレーム|依頼)", told[found.start() : found.end()]):
        line.take(found.start(), end)
    return Chip("in", Certainty.SURE, line.span(found.start(), end))


def _outcome(
    line: Line, told: str, kind: str | None, direction: str, *, lasted: bool
) -> tuple[str | None, Certainty, tuple[int, int] | None]:
    for outcome, pattern in (("refused", words.REFUSED), ("absent", words.ABSENT)):
        meant = [word for word in pattern.finditer(told) if not _ON_ANOTHER_DAY.search(told[: word.start()])]
        found = meant[0] if meant else None
        if found and not (outcome == "absent" and direction == "in"):
            for word in meant:
                if not words.SAID_TO_REFUSE.search(word[0]):
                    line.take(word.start(), word.end())
            return outcome, Certainty.SURE, line.span(found.start(), found.end())
    if kind is None and direction == "in" and words.REPLY.search(told):
        return "replied", Certainty.SURE, None
    if kind in ("email", "letter", "chat"):
        if direction == "in":
            found = words.REPLY.search(told)
            return ("replied" if found else None), Certainty.SURE, None
        found = words.SENT.search(line.rest)
        if found:
            line.take(found.start(), found.end())
        said = kind == "chat" and not found and lasted
        return ("connected" if said else "sent"), Certainty.SURE if found else Certainty.GUESS, None
    return None, Certainty.GUESS, None


def _result(line: Line) -> Chip[str]:
    """What came of it, as written: whatever no other chip has said."""
    parts = []
    for clause in line.clauses():
        said = clause[0]
        after_a_chip = line.rest[: clause.start()].endswith(TAKEN)
        leaning = after_a_chip or line.rest.startswith(TAKEN, clause.end())
        if after_a_chip:
            said = words.AFTER_A_CHIP.sub("", said)
        said = re.sub(
            r"^(?:だった|でした|だ)?(?:ので|けど|が|ため)(?!$)", "", words.END_OF_RESULT.sub("", said)
        )
        said = re.sub(
            rf"^(?:{words.PERSON.pattern}|{words.TITLE})(?:の|と|に|へ|は|が|から|より|も)?$", "", said
        )
        if (
            words.ASIDE.match(said)
            or (leaning and words.LEANING.match(said))
            or re.fullmatch(r"[ぁ-ん]{1,2}", said)
            or not re.search(r"[^\W_]|[◎○△×✕〇]", said)
        ):
            continue
        parts.append((said, clause.start(), clause.end()))
    if not parts:
        return Chip("", Certainty.UNKNOWN)
    span = line.span(parts[0][1], parts[-1][2])
    return Chip(line.as_said(" ".join(said for said, _start, _end in parts)), Certainty.SURE, span)
