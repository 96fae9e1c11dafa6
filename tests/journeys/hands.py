"""What a person's hands and head do on a page, counted, and the seconds it takes by the keystroke-level model.

Card, Moran and Newell, The Psychology of Human-Computer Interaction (1983), chapter 8: a task is the sum of its
operators. The figures are the project's own: K 0.28 s a key, P 1.2 s a tap with the way of the thumb to it, M 1.35 s a
decision. Not counted: waiting for the server, thinking about the customer, talking.

M stands by the rules of that chapter. Rule 0: before every tap that chooses (a row, an answer, a button) and before
each phrase that is written, as each is called to mind by itself. Rule 1 takes it away where the tap before had this
one in view already, as the tap into a field in order to write (`in_view`). Rule 4 leaves it before a button that ends
what was written freely: one looks whether it is right. Rules 2 and 3 (one M for a word, none for the Enter that only
ends an Enter) hold by themselves: a phrase has one, and an Enter that ends a conversion none.

A swipe costs what a tap costs and no M: the tap it leads to has one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser import PHONE

KEY, TAP, DECISION = 0.28, 1.2, 1.35
SMALL_OR_VOICED = "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゃゅょっぁぃぅぇぉ"
VOWELS = "あいうえお"
SWIPE = 0.6
"""As much of the screen as a thumb moves at once."""
BARS = 76
"""What lies below is under the phone's bar of tabs."""
OUT_OF_SIGHT = """(element, bars) => {
    const box = element.getBoundingClientRect();
    const fixed = element.closest("dialog, .tabbar, .thumb, .toast");
    if (fixed || (box.top >= 0 && box.bottom <= innerHeight - bars)) return 0;
    return Math.abs(box.top < 0 ? box.top : box.bottom - innerHeight + bars) / innerHeight;
}"""

FOCUSED = (
    """([is, unlike]) => document.activeElement.matches(is) && !document.activeElement.matches(unlike)"""
)
MOST_STEPS = 60
FORGET = "document.querySelectorAll('[data-toasts] > *').forEach((toast) => toast.remove())"
"""What was told of the act before would pass for what is told of the next one."""
LONGEST = 15_000


@dataclass(frozen=True)
class Words:
    """Phrases as they are written and as they are read: what is read otherwise than written is converted."""

    phrases: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, text: str) -> Words:
        """From "青葉フーズ/あおばふーず 電話/でんわ 10分/10ぷん"; a phrase without reading is kana."""
        pairs = (phrase.partition("/") for phrase in text.split())
        return cls(tuple((written, reading or written) for written, _slash, reading in pairs))

    def __str__(self) -> str:
        return " ".join(written for written, _reading in self.phrases)

    @property
    def conversions(self) -> int:
        return sum(written != reading for written, reading in self.phrases)

    def flicks(self) -> int:
        """On a phone: a flick a kana, one more for ゛゜ and small ones, a space between, and there and back for figures.

        No word is guessed by the keyboard; each conversion is a tap on the word wanted, counted as such beside these.
        """
        keys = len(self.phrases) - 1
        for _written, reading in self.phrases:
            keys += len(reading) + sum(kana in SMALL_OR_VOICED for kana in reading)
            keys += 2 if any(c.isdigit() for c in reading) else 0
        return keys

    def strokes(self) -> int:
        """On a desk: rōmaji, Space and Enter for each conversion, a space between."""
        keys = len(self.phrases) - 1 + 2 * self.conversions
        for _written, reading in self.phrases:
            keys += sum(1 if c in VOWELS or c in "ーっ" or c.isascii() else 2 for c in reading)
        return keys


@dataclass
class Act:
    """One thing a person does: how often, and with what."""

    name: str
    times: int = 0
    taps: int = 0
    swipes: int = 0
    keys: int = 0
    written: int = 0
    """As many of the keys as were text."""
    conversions: int = 0
    decisions: int = 0
    most_taps: int = 0
    """In the one time that took most."""
    begun: int = 0
    """How many taps there had been when it began this time."""

    @property
    def seconds(self) -> float:
        taps = self.taps + self.swipes + self.conversions
        return taps * TAP + self.keys * KEY + self.decisions * DECISION


@dataclass
class Hands:
    """The hands on one page. Whatever is done goes through them, each within an act."""

    page: Page
    acts: dict[str, Act] = field(default_factory=dict)
    now: Act | None = None

    @contextmanager
    def doing(self, name: str, *, goes_on: bool = False) -> Iterator[None]:
        """What the hands do meanwhile belongs to this act. `goes_on`: it was begun before, and broken off."""
        self.now = self.acts.setdefault(name, Act(name))
        self.now.times += not goes_on
        self.now.begun = self.now.begun if goes_on else self.now.taps
        self.page.evaluate(FORGET)
        yield
        self.now.most_taps = max(self.now.most_taps, self.now.taps - self.now.begun)
        self.now = None

    @property
    def _act(self) -> Act:
        assert self.now, "an act has no name"
        return self.now

    def told(self, words: str) -> None:
        """The page that comes next says so; only then do the eyes go on."""
        expect(self.page.locator("[data-toasts]")).to_contain_text(words, timeout=LONGEST)
        self.page.wait_for_load_state()

    def tap(self, what: Locator, *, in_view: bool = False) -> None:
        """Tap what is there to see; scroll to it first, if it is not."""
        what = what.locator("visible=true").first
        self._act.swipes += math.ceil(what.evaluate(OUT_OF_SIGHT, BARS) / SWIPE)
        self._act.taps += 1
        self._act.decisions += not in_view
        (what.tap if self.page.viewport_size == PHONE else what.click)()

    def press(self, *keys: str, decides: bool = True) -> None:
        """Keys of a desk's keyboard that belong together: a chord is as many keys as it has."""
        self._act.decisions += decides
        for key in keys:
            self._act.keys += key.count("+") + 1
            self.page.keyboard.press(key)

    def reach(self, selector: str, *, by: str = "Tab", unlike: str = "nothing") -> None:
        """The key again and again, until it has the focus: one decision, to go there."""
        self._act.decisions += 1
        for _ in range(MOST_STEPS):
            self.press(by, decides=False)
            if self.page.evaluate(FOCUSED, [selector, unlike]):
                return
        raise AssertionError(f"{selector} is out of reach")

    def write(self, text: str, *, by: str = "flicks") -> Words:
        """Write where the cursor is. `text` as `Words.read` reads it."""
        words = Words.read(text)
        self._act.keys += getattr(words, by)()
        self._act.written += getattr(words, by)()
        self._act.decisions += len(words.phrases)
        self._act.conversions += words.conversions if by == "flicks" else 0
        self.page.keyboard.insert_text(str(words))
        return words

    @property
    def seconds(self) -> float:
        return sum(act.seconds for act in self.acts.values())

    def table(self, title: str) -> str:
        columns = ("times", "taps", "swipes", "keys", "conversions", "decisions")
        lines = ["", title, f"| act | {' | '.join(columns)} | seconds | each |", "|---" + "|--:" * 8 + "|"]
        for act in self.acts.values():
            figures = " | ".join(str(getattr(act, name)) for name in columns)
            lines.append(f"| {act.name} | {figures} | {act.seconds:.0f} | {act.seconds / act.times:.1f} |")
        sums = " | ".join(str(sum(getattr(act, name) for act in self.acts.values())) for name in columns)
        lines.append(f"| sum | {sums} | {self.seconds:.0f} | |")
        return "\n".join(lines) + "\n"
