from django.urls import path

from apps.deals import board_views, cell_views, settings_views, views

app_name = "deals"

urlpatterns = [
    path("deals/", board_views.deals, name="list"),
    path("deals/open/", views.open_deal, name="open"),
    path("deals/of-company/<uuid:company_id>/", views.of_company, name="of-company"),
    path("deals/<uuid:deal_id>/", views.deal, name="deal"),
    path("deals/<uuid:deal_id>/panel/", views.panel, name="panel"),
    path("deals/<uuid:deal_id>/cell/<slug:fact>/", cell_views.deal_cell, name="cell"),
    path("deals/<uuid:deal_id>/learn/", views.learn, name="learn"),
    path("deals/<uuid:deal_id>/advance/", board_views.advance, name="advance"),
    path("deals/<uuid:deal_id>/expect/", board_views.expect, name="expect"),
    path("deals/<uuid:deal_id>/take-back/", board_views.take_back, name="take-back"),
    path("deals/<uuid:deal_id>/rank/", views.rank, name="rank"),
    path("deals/<uuid:deal_id>/plan-next-action/", views.plan_next_action, name="plan-next-action"),
    path("deals/<uuid:deal_id>/change/", views.change, name="change"),
    path("deals/<uuid:deal_id>/win/", views.win, name="win"),
    path("deals/<uuid:deal_id>/lose/", views.lose, name="lose"),
    path("deals/<uuid:deal_id>/reopen/", views.reopen, name="reopen"),
    path("deals/<uuid:deal_id>/history/", views.history, name="history"),
    path("deals/<uuid:deal_id>/trash/", views.trash, name="trash"),
    path("deals/<uuid:deal_id>/restore/", views.restore, name="restore"),
    path("settings/lost-reasons/", settings_views.lost_reasons, name="lost-reasons"),
    path(
        "settings/lost-reasons/<uuid:reason_id>/retire/",
        settings_views.retire_lost_reason,
        name="retire-lost-reason",
    ),
    path(
        "settings/lost-reasons/<uuid:reason_id>/bring-back/",
        settings_views.bring_back_lost_reason,
        name="bring-back-lost-reason",
    ),
    path("settings/plans/", settings_views.plans, name="plans"),
    path("settings/plans/<uuid:plan_id>/change/", settings_views.change_plan, name="change-plan"),
    path("settings/plans/<uuid:plan_id>/retire/", settings_views.retire_plan, name="retire-plan"),
    path("settings/plans/<uuid:plan_id>/bring-back/", settings_views.bring_back_plan, name="bring-back-plan"),
]
