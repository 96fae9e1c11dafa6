"""Histories of other systems arrive with their own times. Every figure is worked out by hand from the files."""

import csv
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import md5

import pytest
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from apps.deals import folding, rules
from apps.deals.models import Deal, DealChange, DealState
from apps.integrations.imports import mapping as mappings
from tests.integrations.imports import Importer, counted
from tests.integrations.test_import_real_files import DATA, MAPPINGS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data is not here"),
]

HUBSPOT = DATA / "hubspot_fivetran" / "deal_property_history_data.csv"
SALESFORCE = DATA / "salesforce_fivetran" / "sf_opportunity_data.csv"
SALESFORCE_HISTORY = DATA / "salesforce_fivetran" / "sf_opportunity_history_data.csv"


@pytest.fixture
def import_by(tmp_path):
    importer = Importer(tmp_path)
    return lambda kind, path, by: importer(kind, path, mapping=MAPPINGS / f"{by}.toml")


def utc(said):
    return parse_datetime(said).replace(tzinfo=UTC)


def states(number):
    """All that was ever true of the deal, from its kept changes."""
    return rules.fold(folding.changes_of(Deal.objects.get(external_id=number))).states


def at(number, moment) -> rules.State:
    return next(s for s in reversed(states(number)) if s.at <= moment)


# ── HubSpot ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hubspot(import_by):
    return [
        import_by("deals", HUBSPOT, "hubspot-hashed-deals"),
        import_by("deal-history", HUBSPOT, "hubspot-hashed-deal-history"),
    ]


def test_every_change_of_hubspots_history_comes_in(hubspot):
    """100 rows tell of 96 deals: 956062319, 1084688960, 894767989 and 1198636266 have two each, the others one."""
    assert [outcome.said for outcome in hubspot] == [
        f"案件 100行: {counted(added=96, same=4)}",
        f"案件の変化 100行: {counted(added=100)}",
    ]
    assert Deal.objects.count() == 96
    assert DealChange.objects.filter(assumed=True).count() == 96  # how each of them began
    assert DealChange.objects.filter(assumed=False).count() == 100


def test_no_time_of_hubspots_history_is_another(hubspot):
    with HUBSPOT.open(encoding="utf-8", newline="") as file:
        told = sorted((row["deal_id"], utc(row["timestamp"]), row["value"]) for row in csv.DictReader(file))

    kept = DealChange.objects.filter(assumed=False).values_list("deal__external_id", "at", "fields")

    assert sorted((deal, at, *fields.values()) for deal, at, fields in kept) == told


# Rows before the moment, by `cut -d, -f1,2,5 FILE | awk -F, '$2 < MOMENT'`; ky4p… stands in `plan`, the other four
# properties in `next_action`.
#   2019-10-16 15:50   none: the file's first change is at 15:50:57.201
#   2019-11-01         38 rows, all ky4p…, two of them of 956062319:       37 deals have a plan
#   2020-01-01         50 rows, all ky4p…, the same two among them:        49
#   2020-05-01         82 rows: 56 of ky4p… (55 deals), 26 of the others (26 deals)
#   2020-07-09         100 rows: 60 of ky4p… on 59 deals, 40 of the others on 39 (two of them of 1198636266);
#                      59 + 39 = 96 + 2, as 1084688960 and 894767989 have both
@pytest.mark.parametrize(
    ("moment", "planned", "next_known"),
    [
        ("2019-10-16 15:50:00", 0, 0),
        ("2019-11-01 00:00:00", 37, 0),
        ("2020-01-01 00:00:00", 49, 0),
        ("2020-05-01 00:00:00", 55, 26),
        ("2020-07-09 00:00:00", 59, 39),
    ],
)
def test_what_hubspot_knew_at_a_moment_is_known_here_of_that_moment(hubspot, moment, planned, next_known):
    then = [at(number, utc(moment)) for number in Deal.objects.values_list("external_id", flat=True)]

    assert sum(state.plan != "" for state in then) == planned
    assert sum(state.next_action != "" for state in then) == next_known


def test_two_deals_of_hubspot_are_told_to_the_millisecond(hubspot):
    """By `grep 1084688960` and `grep 1198636266`: the latter's rows stand in the file in the other order."""
    began = utc("2019-10-16 00:00:00")
    changed, teams = "+ei1ZDE90Eoy1YL8bVaTqQ==", "FpYBoaK4fu26+xg+DpI3Pg=="
    assert [(s.at, s.plan, s.next_action) for s in states("1084688960")] == [
        (began, "", ""),
        (utc("2019-10-20 18:19:10.619"), changed, ""),
        (utc("2020-04-06 19:54:42.723"), changed, teams),
    ]
    assert [(s.at, s.plan, s.next_action) for s in states("1198636266")] == [
        (began, "", ""),
        (utc("2020-03-10 15:20:11.466"), "", "Mg1YhC8FxjrjD4oYVL/z3g=="),
        (utc("2020-06-12 20:53:37.719"), "", "sXNJVgUyCsMq5ng44C4i+Q=="),
    ]


def test_hubspots_history_again_changes_nothing(hubspot, import_by):
    before = sorted(DealChange.objects.values_list("pk", flat=True))

    again = import_by("deal-history", HUBSPOT, "hubspot-hashed-deal-history")

    assert again.said == f"案件の変化 100行: {counted(same=100)}"
    assert sorted(DealChange.objects.values_list("pk", flat=True)) == before


def test_the_hashed_properties_are_those_that_the_mapping_says():
    """The sample's property names are the MD5 of HubSpot's own names."""
    hashed = {
        b64encode(md5(name.encode()).digest()).decode()
        for name in (
            "hs_updated_by_user_id",
            "hs_all_owner_ids",
            "hs_all_accessible_team_ids",
            "hs_all_team_ids",
            "hs_user_ids_of_all_owners",
        )
    }
    with HUBSPOT.open(encoding="utf-8", newline="") as file:
        assert {row["name"] for row in csv.DictReader(file)} == hashed
    assert set(mappings.read(MAPPINGS / "hubspot-hashed-deal-history.toml").properties) == hashed


# ── Salesforce ─────────────────────────────────────────────────────────────────────────────────────

CHEWBACA = "006q000000HddueAAB"
ORDER_FROM_PROCESS = "006q000000HdOhuAAF"


@pytest.fixture
def salesforce(import_by, tmp_path):
    """Nine come in; one was closed 12 days before it was created. With that day corrected it comes in, too."""
    corrected = tmp_path / "corrected.csv"
    text = SALESFORCE.read_text(encoding="utf-8")
    corrected.write_text(text.replace("2018-12-19 20:22:58", "2018-12-06 20:22:58"), encoding="utf-8")
    return [
        import_by("deals", SALESFORCE, "salesforce-deleted-opportunities"),
        import_by("deals", corrected, "salesforce-deleted-opportunities"),
        import_by("deal-history", SALESFORCE_HISTORY, "salesforce-deleted-opportunity-history"),
    ]


def test_the_deleted_opportunities_come_in_with_their_history(salesforce):
    first, second, history = salesforce

    assert first.said == f"案件 10行: {counted(added=9, refused=1)}"
    assert first.result == [(6, "終わりの日が始まりの日より前です。")]
    assert second.said == f"案件 10行: {counted(added=1, same=9)}"
    assert history.said == f"案件の変化 10行: {counted(added=10)}"


def test_the_opportunities_stand_as_the_file_says(salesforce):
    """is_closed/is_won: five true/true, four true/false, one false/false. Six account_ids are told apart (1+2+2+3+1+1).

    Changes: 10 openings, 9 ends, 10 of the history. Won: 24,120,000 of "$1m deal", the other four say no amount.
    """
    assert Deal.objects.count() == 10
    assert {word: Deal.objects.filter(outcome=word).count() for word in ("won", "lost", "open")} == {
        "won": 5,
        "lost": 4,
        "open": 1,
    }
    assert Deal.objects.values("company").distinct().count() == 6
    assert DealChange.objects.count() == 10 + 9 + 10
    assert sum(deal.amount for deal in Deal.objects.filter(outcome="won")) == 24_120_000


# `_fivetran_start`, when Fivetran first saw the opportunity so: 2019-04-03 18:36:06 of lu test 1 and Testing Order from
# Process, 2019-04-04 18:36:08 of six, 2019-10-17 21:10:19 of $1m deal, 21:33:00 of Testing Opp Close. Every row says a
# close_date, so the expected month is known from then on, and of no deal before.
@pytest.mark.parametrize(
    ("moment", "month_known"),
    [
        ("2019-04-03 18:36:05", 0),
        ("2019-04-03 18:36:06", 2),
        ("2019-04-04 18:36:07", 2),
        ("2019-04-04 18:36:08", 8),
        ("2019-10-17 21:10:19", 9),
        ("2019-10-17 21:33:00", 10),
    ],
)
def test_what_was_seen_of_the_opportunities_holds_from_when_it_was_seen(salesforce, moment, month_known):
    then = Q(valid_from__lte=utc(moment)) & (Q(valid_until=None) | Q(valid_until__gt=utc(moment)))

    states_then = DealState.objects.filter(then)

    assert states_then.count() == 10  # all were created in 2018
    assert states_then.exclude(expected_month=None).count() == month_known


def test_the_open_opportunity_became_a_topic_when_its_amount_was_seen(salesforce):
    """created_date 2018-12-18 17:56:05 is read in the tenant's zone (+09:00); the history's moments are UTC."""
    seen = utc("2019-04-03 18:36:06")
    began = datetime(2018, 12, 18, 8, 56, 5, tzinfo=UTC)
    told = [(s.at, s.stage, s.amount, s.expected_month) for s in states(ORDER_FROM_PROCESS)]

    assert told == [(began, "prospect", None, None), (seen, "topic", 210_000, "2018-12")]


def test_a_won_opportunity_stays_won_on_the_day_on_which_it_was_closed(salesforce):
    """What Fivetran saw in April 2019 is no second order."""
    won = Deal.objects.get(external_id=CHEWBACA).milestones.filter(kind="won")

    assert [one.at for one in won] == [datetime(2018, 12, 6, 15, 0, tzinfo=UTC)]  # 2018-12-07 in Tokyo
    assert at(CHEWBACA, utc("2019-04-04 18:36:08")).name == "Chewbaca"
