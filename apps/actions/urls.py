from django.urls import path

from apps.actions import views

app_name = "actions"

urlpatterns = [
    path("today/", views.today, name="today"),
    path("today/deals/<uuid:deal_id>/put-off/", views.put_off_action, name="put-off-action"),
    path("today/deals/<uuid:deal_id>/put-back/<str:on>/", views.put_back_action, name="put-back-action"),
    path("today/<slug:kind>/<uuid:subject_id>/put-off/", views.put_off, name="put-off"),
    path("today/<slug:kind>/<uuid:subject_id>/take-up-again/", views.take_up_again, name="take-up-again"),
]
