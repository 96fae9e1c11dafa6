"""Real files that nobody here wrote, by the mappings that docs/import/ offers. Figures against golden.json."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.vocabulary import Role
from apps.base.forms import NO_CONTROLS
from apps.base.month import Month
from apps.base.text import tidied
from apps.customers import queries as customers
from apps.customers.models import Company
from apps.deals import queries
from apps.deals.models import Deal
from apps.goals.vocabulary import Row
from apps.integrations.imports import reading
from apps.reviews import queries as reviews
from apps.reviews.scope import Scope
from tests.factories import make_user
from tests.integrations.api import Program
from tests.integrations.imports import Importer, counted

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "docs" / "import"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here"),
]


@pytest.fixture
def import_file(tmp_path):
    importer = Importer(tmp_path)
    return lambda kind, path, by: importer(kind, DATA / path, mapping=MAPPINGS / f"{by}.toml")


MAVEN = [
    ("users", "maven_crm/sales_teams.csv", "maven-users"),
    ("companies", "maven_crm/accounts.csv", "maven-accounts"),
    ("deals", "maven_crm/sales_pipeline.csv", "maven-deals"),
]


def test_maven_gives_the_golden_figures_and_again_nothing(import_file, alpha):
    golden = json.loads((DATA / "golden.json").read_text(encoding="utf-8"))["maven_crm"]

    outcomes = [import_file(*one) for one in MAVEN]

    assert [outcome.said for outcome in outcomes] == [
        f"利用者 35行: {counted(added=35)}",
        f"顧客 85行: {counted(added=85)}",
        f"案件 8,800行: {counted(added='8,800')}",
    ]
    assert outcomes[2].more == ["顧客がわからず、顧客不明(取り込み)にした行: 1425行"]
    assert Deal.objects.filter(stage="prospect").count() == 1589 + 500
    assert table_of("Darcel Schlecht", 2017) == {
        "sales": golden["by_agent"]["Darcel Schlecht"]["won_value"],
        "orders": 349,
        "lost_count": 553 - 349,
    }
    summary = Program(alpha, make_user(Role.ADMIN))
    assert told(summary, "owner") == golden["by_agent"]
    assert told(summary, "plan") == golden["by_product"]
    assert told(summary, "team") == golden["by_manager"] | golden["by_region"]

    before = content()
    again = [import_file(*one).said for one in MAVEN]

    assert again == [
        f"利用者 35行: {counted(same=35)}",
        f"顧客 85行: {counted(same=85)}",
        f"案件 8,800行: {counted(same='8,800')}",
    ]
    assert content() == before


def as_golden(closed):
    return {
        row.name: {
            "closed": row.won + row.lost,
            "won": row.won,
            "win_rate": round(float(row.win_rate), 6),
            "won_value": float(row.won_amount),
        }
        for row in closed
    }


def table_of(rep, year):
    """The totals of a rep's goal/process table of that year."""
    board = reviews.board(
        Scope(rep=User.objects.get(name=rep)),
        months=list(Month(year, 1).range(12)),
        as_of=timezone.now(),
        zone=timezone.get_current_timezone(),
    )
    return {row: board.line(Row(row)).total for row in ("sales", "orders", "lost_count")}


def told(program, by):
    """The API's summary."""
    rows = program.get(f"deals/summary/?by={by}").json()["results"]
    return as_golden(queries.Closed(None, r["name"], r["won"], r["lost"], r["won_amount"]) for r in rows)


def content():
    """How many rows each of the tenant's tables has, and a checksum over them."""
    checksum = "SELECT count(*), md5(coalesce(string_agg(md5(x::text), '' ORDER BY md5(x::text)), '')) FROM"
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall() if name != "django_migrations"]
        found = {}
        for name in tables:
            cursor.execute(f'{checksum} "{name}" x')
            found[name] = cursor.fetchone()
    return found


def test_every_large_office_of_japan_comes_in_and_is_found(import_file):
    path = "jp_business_names/JIGYOSYO.CSV"

    outcome = import_file("companies", path, "jigyosyo")

    assert (outcome.code, outcome.said) == (0, f"顧客 22,416行: {counted(added='22,416')}")
    assert import_file("companies", path, "jigyosyo").said == f"顧客 22,416行: {counted(same='22,416')}"
    sapporo = Company.objects.get(name="株式会社　日本経済新聞社　札幌支社")
    assert sapporo.reading == "(カブ) ニホンケイザイシンブンシヤ サツポロシシヤ"
    for words in ("日本経済新聞社 札幌", "にほんけいざいしんぶんしゃ さっぽろ", "ﾆﾎﾝｹｲｻﾞｲｼﾝﾌﾞﾝｼﾔ ｻﾂﾎﾟﾛ"):
        assert sapporo in customers.companies(words=words)
    assert [company.name for company in customers.companies(words="伊藤組土建")] == ["伊藤組土建　（株）"]


HUBSPOT = [
    ("users", "hubspot_fivetran/owner_data.csv", "hubspot-owners", counted(added=100)),
    ("companies", "hubspot_fivetran/company_data.csv", "hubspot-companies", counted(added=24)),
    ("deals", "hubspot_fivetran/deal_data.csv", "hubspot-deals", counted(added=44)),
    # The names of the properties are hashed there (test_import_histories.py): none is one that the mapping names.
    (
        "deal-history",
        "hubspot_fivetran/deal_property_history_data.csv",
        "hubspot-deal-history",
        counted(skipped=100),
    ),
]
SALESFORCE = [
    ("users", "salesforce_fivetran/sf_user_data.csv", "salesforce-users", counted(added=10)),
    ("companies", "salesforce_fivetran/sf_account_data.csv", "salesforce-accounts", counted(added=1, skipped=9)),
    # Every opportunity of the sample was deleted (test_import_histories.py brings them in).
    ("deals", "salesforce_fivetran/sf_opportunity_data.csv", "salesforce-opportunities", counted(skipped=10)),
    ("deal-history", "salesforce_fivetran/sf_opportunity_history_data.csv", "salesforce-opportunity-history", counted(skipped=10)),
]  # fmt: skip


@pytest.mark.parametrize("files", [HUBSPOT, SALESFORCE], ids=["hubspot", "salesforce"])
def test_the_layouts_of_other_systems_come_in(import_file, files):
    said = [import_file(kind, path, by).said.partition(": ")[2] for kind, path, by, _counts in files]

    assert said == [counts for *_file, counts in files]


def test_naughty_strings_are_kept_as_they_are_or_refused_with_a_reason(tmp_path):
    naughty = sorted(set(json.loads((DATA / "naughty_strings" / "blns.json").read_text(encoding="utf-8"))))
    rows = [["external_id", "name", "note"], *([n, f"会社{n}", word] for n, word in enumerate(naughty))]

    outcome = Importer(tmp_path)("companies", rows)

    refused = {line for line, _reason in outcome.result}
    kept = dict(Company.objects.values_list("external_id", "note"))
    assert len(kept) + len(refused) == len(naughty)
    assert {n: kept[n] for n in kept} == {n: tidied(naughty[int(n)]) for n in kept}
    assert {reason for _line, reason in outcome.result} <= {f"メモ: {NO_CONTROLS}"}


def test_no_file_of_all_that_we_have_is_a_surprise_to_the_reader():
    files = [path for path in DATA.rglob("*") if path.suffix.lower() == ".csv" and path.stat().st_size < 3e6]

    told = {path.name: reading_of(path) for path in files}

    assert {name for name, sentence in told.items() if sentence} == {"bad-header-no-header.csv"}


def reading_of(path):
    try:
        for _line in reading.opened(path).lines:
            pass
    except reading.BadFile as refusal:
        return str(refusal)
    return ""
