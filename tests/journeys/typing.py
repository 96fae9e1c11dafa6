"""Hands that write as a rep does: unevenly, with pauses, mistakes and Japanese conversion; and what stood on the screen when."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page

PIECES = [
    ("さつはんの", "刷版の"),
    ("まちじかんを", "待ち時間を"),
    ("へらしたい。", "減らしたい。"),
    ("よさんは", "予算は"),
    ("らいき、", "来期、"),
    ("けっさいは", "決裁は"),
    ("こうじょうちょう。", "工場長。"),
    ("つぎは", "次は"),
    ("みつもりを", "見積を"),
    ("もってうかがう。", "持って伺う。"),
]


@dataclass
class Screen:
    """What a field showed, from each moment on."""

    seen: list[tuple[float, str]] = field(default_factory=list)

    def at(self, moment: float) -> str:
        return next((text for since, text in reversed(self.seen) if since <= moment), "")

    def age(self, text: str, *, now: float) -> float | None:
        """How many seconds ago it showed this text last; None if it never did."""
        until = now
        for since, shown in reversed(self.seen):
            if shown == text:
                return now - until
            until = since
        return None


@dataclass
class Hands:
    """They write `begins` and then the pieces into the field, a stroke at a time."""

    page: Page
    selector: str
    chance: random.Random
    converts: bool
    begins: str
    screen: Screen = field(default_factory=Screen)

    def __post_init__(self) -> None:
        self.pieces = self.chance.sample(PIECES, len(PIECES))
        self.words = self.begins + "".join(written for _kana, written in self.pieces)

    def strokes(self) -> Iterator[None]:
        self.page.locator(self.selector).focus()
        yield from self._typed(self.begins)
        for kana, written in self.pieces:
            yield from self._converted(kana, written) if self.converts else self._typed(written)
            if not self.converts and self.chance.random() < 0.2:
                yield from self._corrected(written[-2:])

    def _typed(self, text: str) -> Iterator[None]:
        for sign in text:
            self.page.keyboard.insert_text(sign)
            yield from self._seen(self.chance.uniform(0.08, 0.28))

    def _converted(self, kana: str, written: str) -> Iterator[None]:
        keys = self.page.context.new_cdp_session(self.page)
        for length in range(1, len(kana) + 1):
            caret = {"selectionStart": length, "selectionEnd": length}
            keys.send("Input.imeSetComposition", {"text": kana[:length], **caret})
            yield from self._seen(self.chance.uniform(0.06, 0.2))
        caret = {"selectionStart": len(written), "selectionEnd": len(written)}
        keys.send("Input.imeSetComposition", {"text": written, **caret})
        yield from self._seen(self.chance.uniform(0.2, 0.5))
        keys.send("Input.insertText", {"text": written})
        yield from self._seen(0.05)
        keys.detach()

    def _corrected(self, text: str) -> Iterator[None]:
        for _ in text:
            self.page.keyboard.press("Backspace")
            yield from self._seen(0.1)
        yield from self._typed(text)

    def _seen(self, pause: float) -> Iterator[None]:
        self.screen.seen.append((time.monotonic(), self.page.locator(self.selector).input_value()))
        yield
        time.sleep(pause if self.chance.random() > 0.05 else pause + 0.8)
