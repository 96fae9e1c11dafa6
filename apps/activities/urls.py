from django.urls import path

from apps.activities import (
    call_views,
    feed_views,
    follow_views,
    people_views,
    planner_views,
    report_views,
    timeline_views,
    trash_views,
    visit_views,
)

app_name = "activities"

urlpatterns = [
    path("follows/", follow_views.follows, name="follows"),
    path("follows/record/", follow_views.record_follow, name="record-follow"),
    path("follows/called/", call_views.called, name="called"),
    path("follows/<uuid:follow_id>/", follow_views.follow, name="follow"),
    path("follows/<uuid:follow_id>/change/", follow_views.change_follow, name="change-follow"),
    path("follows/<uuid:follow_id>/trash/", trash_views.trash_follow, name="trash-follow"),
    path("follows/<uuid:follow_id>/restore/", trash_views.restore_follow, name="restore-follow"),
    path("visits/", visit_views.visits, name="visits"),
    path("visits/plan/", visit_views.plan_visit, name="plan-visit"),
    path("visits/planner/", planner_views.show, name="planner"),
    path("visits/<uuid:visit_id>/move/", planner_views.move_visit, name="move-visit"),
    path("visits/<uuid:visit_id>/", visit_views.visit, name="visit"),
    path("visits/<uuid:visit_id>/change/", visit_views.change_visit, name="change-visit"),
    path("visits/<uuid:visit_id>/cancel/", visit_views.cancel_visit, name="cancel-visit"),
    path("visits/<uuid:visit_id>/plan-again/", visit_views.plan_again, name="plan-again"),
    path("visits/<uuid:visit_id>/prepare/", report_views.prepare, name="prepare"),
    path("visits/<uuid:visit_id>/report/", report_views.report, name="report"),
    path("visits/<uuid:visit_id>/report/withdraw/", report_views.withdraw_report, name="withdraw-report"),
    path("visits/<uuid:visit_id>/trash/", trash_views.trash_visit, name="trash-visit"),
    path("visits/<uuid:visit_id>/restore/", trash_views.restore_visit, name="restore-visit"),
    path("timeline/company/<uuid:company_id>/", timeline_views.of_company, name="of-company"),
    path("timeline/company/<uuid:company_id>/people/", people_views.people_of, name="people-of-company"),
    path("timeline/company/<uuid:company_id>/decision-map/", people_views.decision_map, name="decision-map"),
    path("timeline/deal/<uuid:deal_id>/", timeline_views.of_deal, name="of-deal"),
    path("timeline/deal/<uuid:deal_id>/around/", timeline_views.around_deal, name="around-deal"),
    path("settings/me/calendar-feed/", feed_views.calendar_feed, name="calendar-feed"),
    path("settings/me/calendar-feed/stop/", feed_views.stop_calendar_feed, name="stop-calendar-feed"),
    path("calendar/<str:secret>.ics", feed_views.read_calendar, name="calendar"),
    path("silences/", timeline_views.silences, name="silences"),
    path("trash/", trash_views.trash, name="trash"),
]
