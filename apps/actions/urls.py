from django.urls import path

from apps.actions import capture_views, outcome_views, views

app_name = "actions"

urlpatterns = [
    path("capture/", capture_views.capture, name="capture"),
    path("capture/company/", capture_views.add_captured_company, name="add-captured-company"),
    path("capture/<uuid:capture_id>/take-back/", capture_views.take_back_capture, name="take-back-capture"),
    path("outcome/", outcome_views.outcome, name="outcome"),
    path("capture/lines/<uuid:line_id>/throw-away/", capture_views.throw_away_line, name="throw-away-line"),
    path("capture/lines/<uuid:line_id>/bring-back/", capture_views.bring_back_line, name="bring-back-line"),
    path("today/", views.today, name="today"),
    path("today/deals/<uuid:deal_id>/next/", outcome_views.decide_next, name="decide-next"),
    path("today/deals/<uuid:deal_id>/put-off/", views.put_off_action, name="put-off-action"),
    path("today/<slug:kind>/<uuid:subject_id>/put-off/", views.put_off, name="put-off"),
    path("today/<slug:kind>/<uuid:subject_id>/take-up-again/", views.take_up_again, name="take-up-again"),
]
