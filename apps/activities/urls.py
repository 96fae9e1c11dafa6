from django.urls import path

from apps.activities import people_views, timeline_views, views

app_name = "activities"

urlpatterns = [
    path("follows/", views.follows, name="follows"),
    path("follows/record/", views.record_follow, name="record-follow"),
    path("follows/<uuid:follow_id>/", views.follow, name="follow"),
    path("follows/<uuid:follow_id>/change/", views.change_follow, name="change-follow"),
    path("follows/<uuid:follow_id>/trash/", views.trash_follow, name="trash-follow"),
    path("follows/<uuid:follow_id>/restore/", views.restore_follow, name="restore-follow"),
    path("visits/", views.visits, name="visits"),
    path("visits/plan/", views.plan_visit, name="plan-visit"),
    path("visits/<uuid:visit_id>/", views.visit, name="visit"),
    path("visits/<uuid:visit_id>/change/", views.change_visit, name="change-visit"),
    path("visits/<uuid:visit_id>/cancel/", views.cancel_visit, name="cancel-visit"),
    path("visits/<uuid:visit_id>/plan-again/", views.plan_again, name="plan-again"),
    path("visits/<uuid:visit_id>/prepare/", views.prepare, name="prepare"),
    path("visits/<uuid:visit_id>/report/", views.report, name="report"),
    path("visits/<uuid:visit_id>/trash/", views.trash_visit, name="trash-visit"),
    path("visits/<uuid:visit_id>/restore/", views.restore_visit, name="restore-visit"),
    path("timeline/company/<uuid:company_id>/", timeline_views.of_company, name="of-company"),
    path("timeline/company/<uuid:company_id>/people/", people_views.people_of, name="people-of-company"),
    path("timeline/company/<uuid:company_id>/decision-map/", people_views.decision_map, name="decision-map"),
    path("timeline/deal/<uuid:deal_id>/", timeline_views.of_deal, name="of-deal"),
    path("timeline/deal/<uuid:deal_id>/around/", timeline_views.around_deal, name="around-deal"),
    path("silences/", timeline_views.silences, name="silences"),
    path("trash/", views.trash, name="trash"),
]
