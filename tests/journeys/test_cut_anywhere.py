"""Cut at forty random moments of typing and sending: nothing that stood on the screen two seconds before is lost, and
nothing is made twice. BATON_LONG runs all of them, otherwise one per form."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Error, expect

from apps.accounts.models import User
from apps.actions.models import UnseenLine
from apps.activities.models import DailyReport, Follow, PostVisitReport
from apps.customers.models import Company
from apps.tenancy.context import inside
from tests import browser as browsers
from tests import factories
from tests.browser import DESKTOP, PHONE, Window
from tests.journeys.conftest import REP
from tests.journeys.offline import open_again
from tests.journeys.typing import Hands

SEED = 20261121
ALL = 40
WITHIN = 2.0
"""Seconds of typing that may be lost."""
PATIENCE = 60_000
"""Milliseconds for a page on a machine that has much else to do."""
FORMS = ("follow", "report", "daily", "line")
CUTS = ("network", "server", "tab", "closed", "browser")
NAME = "株式会社圏外通信"


@dataclass(frozen=True)
class Moment:
    number: int
    form: str
    cut: str
    phone: bool
    converts: bool
    sending: bool
    how_far: float
    """Of the typing, or of the half second after sending."""
    after: float
    """Seconds between a cut network or a dead server and the dead tab: one goes on writing meanwhile."""

    def __str__(self) -> str:
        screen = "phone" if self.phone else "desktop"
        return f"{self.number:02}-{self.form}-{self.cut}-{'sending' if self.sending else 'typing'}-{screen}"


def moments() -> list[Moment]:
    chance = random.Random(SEED)
    return [
        Moment(
            number,
            FORMS[number % 4],
            CUTS[number % 5],
            phone=chance.random() < 0.5,
            converts=chance.random() < 0.5,
            sending=chance.random() < 0.3,
            how_far=chance.random(),
            after=chance.uniform(0, 3),
        )
        for number in range(ALL)
    ]


CHOSEN = moments() if os.environ.get("BATON_LONG") else [moments()[number] for number in (0, 9, 18, 27)]


@pytest.fixture(scope="module")
def staying() -> dict[bool, Window]:
    """By whether it is a phone's."""
    return {}


@dataclass
class Form:
    """One of the forms that reps write in: where it is, what is chosen in it, and what it makes."""

    address: str
    field: str
    choose: tuple[str, ...]
    send: str
    records: Callable[[str], int]
    begins: str

    def choose_in(self, page) -> None:
        for label in self.choose:
            page.get_by_role("radio", name=label, exact=True).check(force=True)


def form_of(moment: Moment) -> Form:
    rep = User.objects.get(email=REP)
    company = Company.objects.filter(name=NAME).first() or factories.make_company(NAME)
    begins = f"{moment.number:02}番。"
    if moment.form == "follow":
        address = f"{reverse('activities:record-follow')}?company={company.pk}"
        made = lambda text: Follow.objects.filter(body=text).count()  # noqa: E731
        return Form(address, "textarea[name=body]", ("電話", "つながった"), "記録する", made, begins)
    if moment.form == "report":
        deal = factories.make_deal(rep, company=company, amount=500_000)
        ago = timezone.now() - timedelta(hours=1)
        visit = factories.make_visit(rep, company=company, deal=deal, starts_at=ago)
        address = reverse("activities:report", args=[visit.pk])
        made = lambda text: sum(  # noqa: E731
            report.version for report in PostVisitReport.objects.filter(visit=visit, result=text)
        )
        return Form(address, "textarea[name=result]", ("前に進んだ",), "報告する", made, begins)
    if moment.form == "daily":
        on = timezone.localdate() - timedelta(days=moment.number + 1)
        address = f"{reverse('activities:daily')}?on={on}"
        made = lambda text: sum(  # noqa: E731
            report.version for report in DailyReport.objects.filter(user=rep, day=on, reflection=text)
        )
        return Form(address, "textarea[name=reflection]", (), "日報を送る", made, begins)
    made = lambda text: (  # noqa: E731
        Follow.objects.filter(body=text).count() + UnseenLine.objects.waiting().filter(line=text).count()
    )
    begins = f"{NAME} 電話 つながった {moment.number:02}番。"
    return Form(reverse("actions:capture"), "#capture-line", (), "記録する", made, begins)


class Place:
    """Where the rep writes: a tab of a browser that stays, or a browser of its own that dies as a whole and comes back
    with what it had on its disk."""

    def __init__(self, browser: Browser, base: str, moment: Moment, folder, staying: dict) -> None:
        self.browser, self.base, self.moment, self.folder = browser, base, moment, folder
        self.size = PHONE if moment.phone else DESKTOP
        if moment.cut == "browser":
            self.open()
        elif moment.phone in staying:
            self.window = staying[moment.phone]
            self.fresh_tab()
            return
        else:
            self.window = staying[moment.phone] = browsers.opened(
                browser, base, self.size, service_workers="allow"
            )
            self.window.context.set_default_timeout(PATIENCE)
        self.window.log_in(REP, factories.PASSWORD)

    def open(self) -> None:
        context = self.browser.browser_type.launch_persistent_context(
            self.folder,
            executable_path=browsers.chromium(),
            args=browsers.QUIET,
            viewport=self.size,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            is_mobile=self.moment.phone,
            has_touch=self.moment.phone,
        )
        context.set_default_timeout(PATIENCE)
        self.window = Window(context, context.pages[0], self.base).watch()

    def fresh_tab(self) -> None:
        """A crashed one is left alone: to close it may never end."""
        self.window.page = self.window.context.new_page()
        self.window.watch()

    def kill(self) -> None:
        page = self.window.page
        if self.moment.cut == "browser":
            lock = self.folder / "SingletonLock"
            os.kill(int(os.readlink(lock).rpartition("-")[2]), signal.SIGKILL)
            lock.unlink()
            with suppress(Error):
                self.window.context.close()
        elif self.moment.cut == "closed":
            # not page.close(), which waits for ever where the tab was on its way to another page
            self.browser.new_browser_cdp_session().send("Target.closeTarget", {"targetId": self.target})
        else:
            with suppress(Error):
                page.goto("chrome://crash", timeout=2_000)

    def come_back(self, address: str) -> None:
        if self.moment.cut == "browser":
            self.open()
        else:
            self.fresh_tab()
        self.go(address, open_again)

    def end(self) -> None:
        if self.moment.cut == "browser":
            with suppress(Error):
                self.window.context.close()
        else:
            with suppress(Error):
                self.window.page.close()

    def go(self, address: str, how: Callable[[Window, str], None] = Window.go) -> None:
        how(self.window, address)
        if "/login/" in self.window.page.url:
            self.window.log_in(REP, factories.PASSWORD)
            self.window.go(address)
        session = self.window.context.new_cdp_session(self.window.page)
        self.target = session.send("Target.getTargetInfo")["targetInfo"]["targetId"]


@pytest.mark.parametrize("moment", CHOSEN, ids=str)
def test_nothing_is_lost_and_nothing_made_twice(
    moment: Moment, browser, server, network, through, alpha, tmp_path, staying
):
    with inside(alpha):
        form = form_of(moment)

    def records(text: str) -> int:
        with inside(alpha):
            return form.records(text)

    place = Place(browser, through, moment, tmp_path, staying)
    try:
        place.go(form.address)
        place.window.page.wait_for_timeout(500)
        form.choose_in(place.window.page)
        hands = Hands(
            place.window.page, form.field, random.Random(SEED + moment.number), moment.converts, form.begins
        )
        began = time.monotonic()
        cut_at = typed_and_cut(place, hands, form, moment, network, server)
        before = hands.screen.at(cut_at - WITHIN)
        last = hands.screen.at(cut_at)
        network.mend()
        if moment.cut == "server":
            server.start()
        place.come_back(form.address)

        made = settled(lambda: records(last)) if moment.sending else records(last)
        found = last if made else read(place.window.page, form.field)
        age = hands.screen.age(found, now=cut_at)
        lost = 0 if age is not None and age <= WITHIN else missing(before, found)
        if not made:
            finish(place.window.page, form, last)
            made = settled(lambda: records(last), seconds=20)
        place.window.page.wait_for_timeout(1_000)
        made = records(last)
        say(moment, began, cut_at, last, before, found, age, lost, made)
    finally:
        place.end()
    assert (lost, made) == (0, 1)


def typed_and_cut(place: Place, hands: Hands, form: Form, moment: Moment, network, server) -> float:
    """Write, lose what the moment says, and say when the words were lost sight of."""
    page = place.window.page
    weaken = {"network": network.cut, "server": server.die}.get(moment.cut)
    strokes = list(stroke_times(hands, moment))
    stop = len(strokes) if moment.sending else max(3, round(len(strokes) * (0.25 + 0.75 * moment.how_far)))
    weak_since = None
    for number, _stroke in enumerate(hands.strokes(), 1):
        if number >= stop and not moment.sending:
            if not weaken:
                break
            if weak_since is None:
                weaken()
                weak_since = time.monotonic()
            if time.monotonic() - weak_since >= moment.after:
                break
    if moment.sending:
        page.wait_for_timeout(700)  # as long as one takes to look it over
        with suppress(Error):
            page.get_by_role("button", name=form.send, exact=True).locator("visible=true").last.click(
                no_wait_after=True
            )
        time.sleep(moment.how_far / 2)
        if weaken:
            weaken()
            time.sleep(moment.after / 2)
    elif weaken and weak_since is None:
        weaken()
    now = time.monotonic()
    place.kill()
    return now


def stroke_times(hands: Hands, moment: Moment):
    """As many as there will be, about."""
    return hands.begins + "".join(
        kana + "  " if moment.converts else written for kana, written in hands.pieces
    )


def settled(count: Callable[[], int], *, seconds: float = 4) -> int:
    """What waits is sent by itself: given some seconds."""
    end = time.monotonic() + seconds
    while not count() and time.monotonic() < end:
        time.sleep(0.2)
    return count()


def read(page, field: str) -> str:
    with suppress(Error, AssertionError):
        expect(page.locator(field)).not_to_have_value("", timeout=3_000)
    page.wait_for_timeout(500)
    return page.locator(field).input_value()


def finish(page, form: Form, text: str) -> None:
    """Its writer goes on and sends it."""
    form.choose_in(page)
    page.locator(form.field).fill(text)
    if form.field == "#capture-line":
        page.wait_for_timeout(1_000)
    page.get_by_role("button", name=form.send, exact=True).locator("visible=true").last.click()
    page.wait_for_timeout(1_500)


def missing(before: str, found: str) -> int:
    same = next((n for n, (a, b) in enumerate(zip(before, found, strict=False)) if a != b), None)
    return len(before) - (min(len(before), len(found)) if same is None else same)


def say(moment, began, cut_at, last, before, found, age, lost, made) -> None:
    when = f"{moment.how_far * 500:.0f} ms" if moment.sending else f"{cut_at - began:.1f} s"
    cells = [
        f"{moment.number:02}",
        moment.form,
        "phone" if moment.phone else "desktop",
        "ime" if moment.converts else "keys",
        moment.cut,
        ("sending +" if moment.sending else "typing ") + when,
        len(last),
        len(before),
        len(found),
        "—" if age is None else f"{age * 1000:.0f} ms",
        lost,
        made,
    ]
    sys.stdout.write("\n| " + " | ".join(map(str, cells)) + " |")
