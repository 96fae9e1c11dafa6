from django.urls import path

from apps.inbox import views

app_name = "inbox"

urlpatterns = [
    path("settings/me/input-time/", views.input_time, name="input-time"),
]
