from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.activities import operations
from apps.activities.models import PostVisitReport, Visit
from apps.activities.vocabulary import Turnout, VisitStatus
from apps.journal.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db


def loaded(visits, *, by=SYSTEM):
    return operations.load_visits(visits=visits, by=by, at=timezone.now())


def done_visit(rep, **facts):
    an_hour_ago = timezone.now() - timedelta(hours=1)
    visit = {"company": factories.make_company(), "owner": rep, "starts_at": an_hour_ago, "status": "done"}
    return visit | facts


@pytest.mark.parametrize("count", [1, 3])
def test_visits_are_loaded_at_the_same_cost_however_many(rep, colleague, count, django_assert_num_queries):
    company = factories.make_company()
    contact = factories.make_contact(company)
    visits = [
        done_visit(rep, company=company, contacts=[contact], companions=[colleague, rep])
        for _ in range(count)
    ]

    with django_assert_num_queries(6):
        loaded(visits)

    assert [list(v.contacts.all()) for v in Visit.objects.all()] == [[contact]] * count
    assert [list(v.companions.all()) for v in Visit.objects.all()] == [[colleague]] * count


def test_loaded_visits_stand_in_the_journal_as_what_they_are(rep):
    loaded([done_visit(rep), done_visit(rep, status="planned"), done_visit(rep)])

    events = (
        Entry.objects.filter(event__startswith="visit.").order_by("event").values_list("event", flat=True)
    )
    assert list(events) == ["visit.planned", "visit.recorded", "visit.recorded"]


def test_one_visit_that_cannot_be_keeps_all_out(rep):
    elsewhere = factories.make_contact()

    with pytest.raises(operations.NotOfThisCompany):
        loaded([done_visit(rep), done_visit(rep, contacts=[elsewhere])])

    assert not Visit.objects.exists()


def test_loaded_reports_stand_as_their_author_wrote_them(rep):
    [visit] = loaded([done_visit(rep)])
    issue = {"text": "打ち直しの手間", "turnout": Turnout.DIFFERENT, "how_different": "もれが問題だった"}

    operations.load_reports(
        before=[{"visit": visit, "author": rep, "goal": "困りごとを聞く", "issues": [issue]}],
        after=[{"visit": visit, "author": rep, "result": "見積を出すことに", "next_action": "見積"}],
        by=SYSTEM,
        at=timezone.now(),
    )

    visit = Visit.objects.get()
    assert (visit.pre_report.author, visit.pre_report.goal) == (rep, "困りごとを聞く")
    assert list(visit.issues.values("text", "turnout", "how_different")) == [issue]
    assert (visit.post_report.author, visit.post_report.result) == (rep, "見積を出すことに")


def test_a_loaded_report_makes_its_visit_done(rep):
    [visit] = loaded([done_visit(rep, status="planned")])

    operations.load_reports(
        after=[{"visit": visit, "author": rep, "result": "話せた"}], by=SYSTEM, at=timezone.now()
    )

    assert Visit.objects.get().status == VisitStatus.DONE


def test_no_report_is_loaded_for_a_visit_that_was_called_off(rep):
    [visit] = loaded([done_visit(rep, status="cancelled")])

    with pytest.raises(operations.NotDone):
        operations.load_reports(
            after=[{"visit": visit, "author": rep, "result": "話せた"}], by=SYSTEM, at=timezone.now()
        )

    assert not PostVisitReport.objects.exists()
