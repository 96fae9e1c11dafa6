from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from apps.base.month import Month
from apps.customers import operations as customers
from apps.deals import operations
from apps.deals.models import Deal, DealChange, LostReason
from apps.journal.models import Entry
from apps.tenancy.context import inside
from tests import factories
from tests.naughty import KEPT, REFUSED

TOKYO = ZoneInfo("Asia/Tokyo")
WHOLE = {"plan": "基本プラン", "amount": 600_000, "expected_month": Month(2026, 10)}


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def deal(rep, company):
    return factories.make_deal(rep, company=company, **WHOLE)


def url(name: str, deal: Deal) -> str:
    return reverse(f"deals:{name}", args=[deal.pk])


def filled(form, **typed) -> dict:
    """What a browser sends: the form as it was shown, with what was typed."""
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (shown | typed).items() if value is not None}


def sent(browser, address: str, **typed):
    return browser.post(address, filled(browser.get(address).context["form"], **typed))


def in_place(browser, deal: Deal, name: str, form: str, **typed):
    return browser.post(url(name, deal), filled(browser.get(url("deal", deal)).context[form], **typed))


# ── the list ───────────────────────────────────────────────────────────────────────────────────────


def shown(response) -> list[str]:
    return [deal.company.name for deal in response.context["listing"].rows]


def test_the_own_open_deals_stand_by_urgency(browser, rep, colleague):
    for name, action, on in [
        ("甲", "電話", date(2026, 12, 1)),
        ("乙", "", None),
        ("丙", "訪問", date(2026, 11, 1)),
    ]:
        factories.make_deal(rep, company=factories.make_company(name), next_action=action, next_action_on=on)
    factories.make_deal(colleague, company=factories.make_company("丁"))

    assert shown(browser.get(reverse("deals:list"), {"view": "list"})) == ["乙", "丙", "甲"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"view": "list", "who": "all"}, ["見込み社", "商談社"]),
        ({"stage": "deal"}, ["商談社"]),
        ({"stage": "all"}, ["受注社", "商談社", "見込み社"]),
        ({"stage": "won"}, ["受注社"]),
        ({"q": "商談"}, ["商談社"]),
        ({"q": "基本"}, ["商談社"]),
        ({"q": "どこにもない"}, []),
    ],
)
def test_the_list_narrows(browser, rep, asked, names):
    factories.make_deal(rep, company=factories.make_company("見込み社"))
    factories.make_deal(rep, company=factories.make_company("商談社"), **WHOLE)
    won = factories.make_deal(rep, company=factories.make_company("受注社"))
    operations.win(won, on=timezone.localdate(), amount=1, by=rep, at=timezone.now())

    assert shown(browser.get(reverse("deals:list"), asked)) == names


def test_a_colleagues_deals_can_be_chosen(browser, colleague):
    factories.make_deal(colleague, company=factories.make_company("丁"))

    assert shown(browser.get(reverse("deals:list"), {"view": "list", "who": colleague.pk})) == ["丁"]


@pytest.mark.parametrize("asked", [{"who": "誰か"}, {"after": "x"}])
def test_what_no_list_can_be_narrowed_to_is_not_found(browser, asked):
    assert browser.get(reverse("deals:list"), asked).status_code == 404


def test_the_list_counts_and_sums(browser, deal, rep):
    factories.make_deal(rep, amount=1_400_000)

    assert "2件・200万円" in browser.get(reverse("deals:list"), {"view": "list"}).content.decode()


@pytest.mark.parametrize("stage", ["open", "all"])
def test_a_long_list_goes_on(browser, rep, company, stage):
    new = [operations.NewDeal(company, rep, date(2026, 8, 1), {"name": f"案件{n}"}) for n in range(60)]
    operations.load_deals(deals=new, by=factories.SYSTEM, at=timezone.now())

    first = browser.get(reverse("deals:list"), {"stage": stage})
    second = browser.get(reverse("deals:list") + first.context["listing"].slice.next)

    both = [*first.context["listing"].rows, *second.context["listing"].rows]
    assert sorted(deal.name for deal in both) == sorted(deal.facts["name"] for deal in new)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(browser, rep, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_deal(rep, **WHOLE)

    with django_assert_num_queries(8):
        browser.get(reverse("deals:list"), {"view": "list", "who": "all"})


@pytest.mark.parametrize("count", [1, 3])
def test_a_companys_deals_cost_the_same_however_many(browser, rep, company, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_deal(rep, company=company, **WHOLE)

    with django_assert_num_queries(7):
        browser.get(reverse("deals:of-company", args=[company.pk]))


# ── opening ────────────────────────────────────────────────────────────────────────────────────────


def opening(company) -> str:
    return reverse("deals:open") + f"?company={company.pk}"


def test_a_new_deal_begins_with_its_company(browser, deal):
    response = browser.get(reverse("deals:open"))

    assert response.context["recent"] == [deal.company]
    assert f'href="/deals/open/?company={deal.company_id}"' in response.content.decode()


def test_a_deal_is_opened_as_far_as_it_is_known(browser, company, rep):
    response = sent(browser, opening(company), plan="基本プラン", amount="６０万円", expected_month="2026-12")

    deal = Deal.objects.get()
    assert (deal.plan, deal.amount, deal.expected_month) == ("基本プラン", 600_000, Month(2026, 12))
    assert (deal.stage, deal.owner, deal.company, deal.source) == ("deal", rep, company, "page")
    assert response["Location"] == deal.get_absolute_url()


def test_a_deal_can_have_begun_earlier(browser, company):
    sent(browser, opening(company), opened="2026-09-01")

    assert Deal.objects.get().opened_at == datetime(2026, 9, 1, tzinfo=TOKYO)


def test_a_form_that_is_sent_twice_opens_one_deal(browser, company):
    form = filled(browser.get(opening(company)).context["form"], plan="基本プラン")

    first, second = browser.post(opening(company), form), browser.post(opening(company), form)

    assert first["Location"] == second["Location"] == Deal.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"amount": "たくさん"}, "amount", "半角の数字で入れてください。例: 600000、60万"),
        ({"amount": "99999999999999"}, "amount", "大きすぎる金額です。単位を確かめてください。"),
        ({"expected_month": "2026-13"}, "expected_month", "年と月を 2026-10 の形で入れてください。"),
        ({"next_action_on": "0001-01-01"}, "next_action_on", "1900年から2200年までの日付を入れてください。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, company, typed, field, sentence):
    response = sent(browser, opening(company), **typed)

    assert response.context["form"].errors == {field: [sentence]}
    assert not Deal.objects.exists()


def test_a_day_to_come_is_refused(browser, company):
    response = sent(browser, opening(company), opened="2199-01-01")

    assert response.context["form"].non_field_errors() == ["これからの日付は入れられません。"]


@pytest.mark.parametrize("text", KEPT)
def test_any_text_is_kept_as_it_was_typed(browser, company, text):
    sent(browser, opening(company), plan=text, name=text, next_action=text)

    deal = Deal.objects.get()
    assert (deal.plan, deal.name, deal.next_action) == (text, text, text)
    pages = [deal.get_absolute_url(), url("history", deal), reverse("activities:of-deal", args=[deal.pk])]
    assert [browser.get(page).status_code for page in pages] == [200, 200, 200]


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("field", ["plan", "name", "next_action"])
def test_control_characters_are_refused(browser, company, text, field):
    assert list(sent(browser, opening(company), **{field: text}).context["form"].errors) == [field]


def test_a_rep_is_not_asked_whose_deal_it_is_but_a_manager_is(browser, logged_in, manager, rep, company):
    assert "owner" not in browser.get(opening(company)).context["form"].fields

    choices = logged_in(manager).get(opening(company)).context["form"].fields["owner"].queryset
    assert list(choices) == [rep, manager]


# ── the deal's page ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_people(browser, deal, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_contact(deal.company)

    with django_assert_num_queries(8):
        browser.get(deal.get_absolute_url())


def test_what_became_known_is_saved_in_place(browser, rep, company):
    topic = factories.make_deal(rep, company=company, plan="基本プラン", amount=600_000)

    response = in_place(browser, topic, "learn", "learn_form", expected_month="2026-11")

    topic.refresh_from_db()
    assert response["Location"] == topic.get_absolute_url()
    assert (topic.stage, topic.rank, topic.expected_month) == ("deal", "likely", Month(2026, 11))


def test_only_what_was_typed_is_recorded(browser, deal):
    in_place(browser, deal, "learn", "learn_form", amount="700,000")

    assert [change.fields for change in deal.changes.order_by("at")][1:] == [{"amount": 700_000}]


def test_an_axis_can_be_forgotten(browser, deal):
    in_place(browser, deal, "learn", "learn_form", amount="")

    deal.refresh_from_db()
    assert (deal.stage, deal.rank, deal.amount) == ("topic", "", None)


def test_what_is_wrong_in_place_is_said_there_and_kept(browser, deal):
    response = in_place(browser, deal, "learn", "learn_form", amount="多め")

    assert response.context["learn_form"].errors.keys() == {"amount"}
    assert "多め" in response.content.decode()


def test_the_rank_is_one_press(browser, deal):
    in_place(browser, deal, "rank", "learn_form", rank="sure")

    deal.refresh_from_db()
    assert deal.rank == "sure"


def test_beside_the_table_rank_and_month_lead_back_to_it(browser, rep, company):
    deal = operations.open_deal(
        company=company,
        owner=rep,
        by=rep,
        at=timezone.now(),
        plan="基本",
        amount=1,
        expected_month=Month(2026, 10),
    )
    table = "/table/?months=6"
    panel = browser.get(
        url("panel", deal), {"back": table}, headers={"HX-Request": "true", "HX-Target": "panel"}
    )
    version = panel.context["expect_form"]["version"].value()

    ranked = browser.post(f"{url('rank', deal)}?back={quote(table)}", {"rank": "sure", "version": version})
    (done,) = get_messages(ranked.wsgi_request)

    assert f"back={quote(table)}" in panel.content.decode()
    assert (ranked.url, done.message) == (table, "ランクを変更しました。")
    deal.refresh_from_db()
    assert deal.rank == "sure"
    browser.post(done.extra_tags)
    deal.refresh_from_db()
    assert deal.rank == "likely"


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_no_address_leads_elsewhere(browser, deal, back):
    version = browser.get(url("panel", deal)).context["expect_form"]["version"].value()

    answer = browser.post(f"{url('rank', deal)}?back={quote(back)}", {"rank": "sure", "version": version})

    assert answer.url == deal.get_absolute_url()


def test_anothers_deal_is_only_looked_at_beside_the_table(logged_in, colleague, deal):
    assert "時期を変える" not in logged_in(colleague).get(url("panel", deal)).content.decode()


def test_a_rank_that_no_deal_has_is_refused(browser, rep, company):
    topic = factories.make_deal(rep, company=company, plan="基本プラン")

    response = browser.post(url("rank", topic), {"rank": "sure", "version": topic.version}, follow=True)

    assert "プラン・価格・時期がそろうと、◯△を付けられます。" in response.content.decode()


def test_the_next_action_is_decided_in_place(browser, deal):
    in_place(browser, deal, "plan-next-action", "next_form", next_action="見積", next_action_on="2026-12-01")

    deal.refresh_from_db()
    assert (deal.next_action, deal.next_action_on) == ("見積", date(2026, 12, 1))


@pytest.mark.parametrize("name", ["learn", "rank", "plan-next-action", "trash", "restore"])
def test_a_look_changes_nothing(browser, deal, name):
    assert browser.get(url(name, deal)).status_code == 405


def test_a_deal_in_the_trash_has_no_page(browser, deal, rep):
    operations.trash_deal(deal, by=rep, at=timezone.now())

    assert browser.get(deal.get_absolute_url()).status_code == 404


def test_another_tenants_deal_does_not_exist_here(browser, beta):
    with inside(beta):
        theirs = factories.make_deal(factories.make_user("field_sales"))

    names = ["deal", "change", "win", "lose", "reopen", "history"]
    assert {browser.get(url(name, theirs)).status_code for name in names} == {404}


# ── changing ───────────────────────────────────────────────────────────────────────────────────────


def test_a_change_can_be_true_since_a_day(browser, rep, company):
    began = timezone.now() - timedelta(days=30)
    deal = operations.open_deal(company=company, owner=rep, opened=began, by=rep, at=timezone.now(), **WHOLE)
    day = timezone.localdate() - timedelta(days=10)

    sent(browser, url("change", deal), amount="70万", when=str(day))

    change = deal.changes.latest("at")
    assert (change.at, change.fields) == (datetime(*day.timetuple()[:3], tzinfo=TOKYO), {"amount": 700_000})


def test_the_whole_form_changes_everything(browser, deal):
    sent(
        browser, url("change", deal), name="在庫", plan="拡張", rank="sure", buyer_stage="deciding",
        next_action="契約", next_action_on="2026-12-01", expected_month="2026-12",
    )  # fmt: skip

    deal.refresh_from_db()
    facts = (deal.name, deal.plan, deal.rank, deal.buyer_stage, deal.next_action, deal.expected_month)
    assert facts == ("在庫", "拡張", "sure", "deciding", "契約", Month(2026, 12))


def test_a_manager_hands_the_deal_on(logged_in, manager, colleague, deal):
    sent(logged_in(manager), url("change", deal), owner=colleague.pk)

    deal.refresh_from_db()
    assert deal.owner == colleague


def test_a_stale_save_names_what_stands_there_and_loses_nothing(browser, deal, rep):
    form = filled(
        browser.get(url("change", deal)).context["form"], amount="80万", next_action="契約日を決める"
    )
    operations.change_deal(deal, amount=700_000, by=rep, at=timezone.now())

    response = browser.post(url("change", deal), form)

    answered = response.context["form"]
    assert answered.errors["amount"] == ["今は「700,000」です。"]
    assert (answered["amount"].value(), answered["next_action"].value()) == ("80万", "契約日を決める")
    assert Deal.objects.get().amount == 700_000


# ── closing and reopening ──────────────────────────────────────────────────────────────────────────


def test_a_win_asks_for_day_and_amount_only(browser, deal):
    form = browser.get(url("win", deal)).context["form"]

    assert [field.name for field in form.visible_fields()] == ["on", "amount"]
    assert (form["on"].value(), form["amount"].value()) == (timezone.localdate(), "600,000")


def test_a_deal_is_won(browser, deal):
    sent(browser, url("win", deal), amount="55万")

    deal.refresh_from_db()
    assert (deal.stage, deal.amount) == ("won", 550_000)


def test_reasons_stand_under_their_causes(browser, deal):
    choices = browser.get(url("lose", deal)).context["form"].fields["reason"].widget.choices

    assert [str(label) for label, _reasons in choices[1:]] == ["商談の質", "営業力", "競合", "顧客都合"]


def test_not_now_asks_when_again(browser, deal):
    response = sent(browser, url("lose", deal), kind="not_now", reason=LostReason.objects.first().pk)

    assert response.context["form"].errors == {
        "comes_back_on": ["今だめのときは、戻ってくる日を入れてください。"]
    }


def test_a_deal_is_lost_with_its_reason(browser, deal):
    reason = LostReason.objects.first()

    sent(browser, url("lose", deal), kind="not_now", reason=reason.pk, comes_back_on="2027-04-01")

    deal.refresh_from_db()
    assert (deal.stage, deal.lost_reason, deal.comes_back_on) == ("lost", reason, date(2027, 4, 1))


@pytest.mark.parametrize(("end", "word"), [("win", "受注取消"), ("lose", "復活")])
def test_an_end_is_taken_back_under_its_own_name(browser, deal, end, word):
    typed = {} if end == "win" else {"kind": "never", "reason": LostReason.objects.first().pk}
    sent(browser, url(end, deal), **typed)

    assert word in browser.get(url("reopen", deal)).content.decode()
    sent(browser, url("reopen", deal), reason="契約書の不備")

    deal.refresh_from_db()
    assert deal.stage == "deal"


@pytest.mark.parametrize("end", ["win", "lose"])
def test_an_end_has_its_way_back_at_once(browser, deal, end):
    typed = {} if end == "win" else {"kind": "never", "reason": LostReason.objects.first().pk}
    response = sent(browser, url(end, deal), **typed)
    (done,) = get_messages(response.wsgi_request)

    browser.post(done.extra_tags)

    deal.refresh_from_db()
    assert (deal.stage, deal.milestones.filter(kind__in=("won", "lost")).count()) == ("deal", 0)


def test_a_mistaken_win_is_struck_out(browser, deal):
    sent(browser, url("win", deal))

    sent(browser, url("reopen", deal), mistake="1", reason="取り違え")

    deal.refresh_from_db()
    assert (deal.stage, deal.milestones.filter(kind="won").count()) == ("deal", 0)


def test_what_has_ended_says_so(browser, deal):
    form = filled(browser.get(url("win", deal)).context["form"])
    browser.post(url("win", deal), form)
    deal.refresh_from_db()

    response = browser.post(url("win", deal), form | {"version": deal.version})

    assert response.context["form"].non_field_errors() == ["この案件はすでに終了しています。"]


# ── history ────────────────────────────────────────────────────────────────────────────────────────


def test_the_history_says_what_when_and_by_whom(browser, deal, rep, manager):
    operations.change_deal(deal, amount=700_000, rank="sure", by=manager, at=timezone.now())

    rows = browser.get(url("history", deal)).context["rows"]

    assert [(row["headline"], row["entry"].actor_name) for row in rows] == [
        ("商談△ → 商談◯", manager.name),
        ("案件のはじまり", "Baton"),
    ]
    assert [(line.label, line.was, line.now) for line in rows[0]["lines"]] == [
        ("価格", "600,000円", "700,000円")
    ]


@pytest.mark.parametrize(
    ("as_of", "stage"),
    [
        ("2026-08-31T23:59", None),
        ("2026-09-01T10:00", "見込み"),
        ("2026-09-10", "話題"),
        ("2026-09-09", "見込み"),
        ("2099-01-01T00:00", "商談△"),
        ("", "商談△"),
    ],
)
def test_the_deal_is_shown_as_it_stood(browser, rep, company, as_of, stage):
    began = datetime(2026, 9, 1, 10, tzinfo=TOKYO)
    deal = operations.open_deal(
        company=company, owner=rep, opened=began, plan="基本", by=rep, at=timezone.now()
    )
    noon = datetime(2026, 9, 10, 12, tzinfo=TOKYO)
    operations.change_deal(deal, amount=1, when=noon, by=rep, at=timezone.now())
    operations.change_deal(deal, expected_month=Month(2026, 10), by=rep, at=timezone.now())

    assert browser.get(url("history", deal), {"as_of": as_of}).context["stage"] == stage


@pytest.mark.parametrize("as_of", ["昨日", "2026-99-99", "0001-01-01T00:00", "\x00"])
def test_a_moment_that_is_none_is_said_to_be_none(browser, deal, as_of):
    response = browser.get(url("history", deal), {"as_of": as_of})

    assert (response.status_code, response.context["fault"] != "") == (200, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_costs_the_same_however_long(browser, deal, rep, count, django_assert_num_queries):
    for n in range(count):
        operations.change_deal(deal, amount=n + 1, by=rep, at=timezone.now())

    with django_assert_num_queries(10):
        browser.get(url("history", deal))


# ── who may ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["change", "win", "lose", "reopen"])
def test_the_forms_of_anothers_deal_stay_shut(logged_in, colleague, deal, name):
    assert logged_in(colleague).get(url(name, deal)).status_code == 403


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("learn", {"plan": "拡張"}),
        ("rank", {"rank": "sure"}),
        ("plan-next-action", {"next_action": "電話"}),
        ("change", {"plan": "拡張"}),
        ("win", {"on": "2026-11-01", "amount": "1"}),
        ("lose", {"kind": "never", "on": "2026-11-01"}),
        ("trash", {}),
    ],
)
def test_a_rep_cannot_change_anothers_deal(logged_in, colleague, deal, name, typed):
    before = (DealChange.objects.count(), Entry.objects.count())

    response = logged_in(colleague).post(url(name, deal), typed | {"version": deal.version})

    assert response.status_code == 403
    assert (DealChange.objects.count(), Entry.objects.count()) == before


def test_anothers_deal_is_read_without_buttons(logged_in, colleague, deal):
    content = logged_in(colleague).get(deal.get_absolute_url()).content.decode()

    buttons = ["learn", "rank", "plan-next-action", "change", "win", "lose", "trash"]
    assert [name for name in buttons if url(name, deal) in content] == []
    assert "基本プラン" in content


def test_who_sells_nothing_opens_no_deal(logged_in, executive, company):
    assert logged_in(executive).get(opening(company)).status_code == 403


def test_a_deal_of_nobody_is_taken_by_whoever_takes_it(browser, company, rep):
    new = operations.NewDeal(company, None, date(2026, 8, 1))
    deal = operations.load_deals(deals=[new], by=factories.SYSTEM, at=timezone.now())[0]

    sent(browser, url("change", deal), owner=rep.pk)

    deal.refresh_from_db()
    assert deal.owner == rep


def test_changing_a_deal_of_nobody_leaves_it_with_nobody(browser, company):
    new = operations.NewDeal(company, None, date(2026, 8, 1))
    deal = operations.load_deals(deals=[new], by=factories.SYSTEM, at=timezone.now())[0]

    sent(browser, url("change", deal), plan="基本")

    deal.refresh_from_db()
    assert (deal.owner, deal.plan) == (None, "基本")


def test_a_deal_goes_to_the_trash_and_back(browser, deal):
    browser.post(url("trash", deal))
    assert not Deal.objects.kept().exists()

    response = browser.post(url("restore", deal))
    assert response["Location"] == deal.get_absolute_url()
    assert Deal.objects.kept().exists()


def test_a_deal_waits_in_the_trash_for_its_company(logged_in, admin, deal):
    browser = logged_in(admin)
    browser.post(url("trash", deal))
    customers.trash_company(deal.company, by=admin, at=timezone.now())

    response = browser.post(url("restore", deal), follow=True)

    assert "先に顧客をごみ箱から戻してください。" in response.content.decode()
    assert not Deal.objects.kept().exists()


def test_each_known_axis_says_since_when(browser, rep, company):
    deal = factories.make_deal(rep, company=company, plan="基本プラン", amount=600_000)

    axes = browser.get(url("deal", deal)).context["axes"]

    assert [(field.name, since) for field, since in axes] == [
        ("plan", deal.opened_at),
        ("amount", deal.opened_at),
        ("expected_month", None),
    ]
