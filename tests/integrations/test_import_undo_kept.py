"""An import is taken away, but for what people have built on since."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from apps.customers import operations as customers
from apps.customers.models import Company
from apps.deals import operations as deals
from apps.deals.models import Deal
from apps.integrations.imports import undoing
from apps.integrations.imports.kept import kept
from tests.factories import make_comment, make_contact, make_deal, make_follow
from tests.integrations.imports import COMPANIES

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "import"
NEEDS_DATA = pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here")

pytestmark = pytest.mark.django_db


def test_a_record_that_somebody_changed_stays_with_its_change(imports):
    import_ = imports("companies", COMPANIES)
    aoba = Company.objects.get(name="青葉フーズ")
    customers.change_company(aoba, note="大事", by=imports.admin, at=timezone.now())

    undone = imports.undo(import_)

    assert undone == undoing.Undone(removed=1, restored=0, kept=1)
    assert list(Company.objects.values_list("name", "note")) == [("青葉フーズ", "大事")]
    assert [(one.name, one.why) for one in kept(import_)] == [
        ("青葉フーズ", f"{imports.admin.name}さんが取り込みのあとに変更しました")
    ]


def test_a_change_that_somebody_went_on_with_is_not_turned_back(imports):
    imports("companies", COMPANIES)
    second = imports("companies", [["external_id", "name", "note"], ["1", "青葉フーズ", "x"]])
    aoba = Company.objects.get(name="青葉フーズ")
    customers.change_company(aoba, note="y", by=imports.admin, at=timezone.now())

    assert imports.undo(second) == undoing.Undone(removed=0, restored=0, kept=1)
    assert Company.objects.get(name="青葉フーズ").note == "y"


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda company, rep: make_deal(rep, company=company), "案件があります"),
        (lambda company, rep: make_follow(rep, company=company), "フォローがあります"),
        (lambda company, rep: make_contact(company), "担当者があります"),
        (lambda company, rep: make_comment(company, by=rep), "コメントがあります"),
    ],
    ids=["deal", "follow", "contact", "comment"],
)
def test_a_company_that_people_work_with_stays(imports, rep, build, why):
    import_ = imports("companies", COMPANIES)
    build(Company.objects.get(name="青葉フーズ"), rep)

    undone = imports.undo(import_)

    assert (undone.removed, undone.kept) == (1, 1)
    assert [(one.name, one.why) for one in kept(import_)] == [("青葉フーズ", why)]


def test_what_stays_keeps_what_it_needs_of_the_same_import(imports, rep):
    import_ = imports(
        "deals",
        [["external_id", "company", "plan", "amount"], ["1", "青葉", "標準", "5"], ["2", "山田", "", ""]],
    )
    kept = Deal.objects.get(external_id="1")
    make_follow(rep, company=kept.company, deal=kept)

    undone = imports.undo(import_)

    assert (undone.removed, undone.kept) == (2, 2)
    assert [(d.company.name, d.plan, d.changes.count(), d.states.count()) for d in Deal.objects.all()] == [
        ("青葉", "標準", 1, 1)
    ]


def test_history_of_a_deal_that_went_on_stays_whole(imports, rep):
    deal = make_deal(rep, source="import", external_id="d1", opened=timezone.now() - timedelta(days=90))
    first = timezone.localdate() - timedelta(days=60)
    import_ = imports("deal-history", [["deal", "at", "plan"], ["d1", str(first), "標準"]])
    deals.change_deal(Deal.objects.get(pk=deal.pk), amount=500, by=imports.admin, at=timezone.now())

    assert imports.undo(import_).kept == 1
    assert [change.fields.get("plan") for change in deal.changes.order_by("at")] == [None, "標準", None]
