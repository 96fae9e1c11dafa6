from django.urls import path

from apps.goals import views

app_name = "goals"

urlpatterns = [
    path("goals/", views.months, name="months"),
    path("goals/<uuid:rep_id>/<str:month>/", views.month, name="month"),
]
