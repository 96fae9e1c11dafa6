from django.urls import path

from apps.inbox import views

app_name = "inbox"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read-all/", views.read_all, name="read-all"),
    path("inbox/unread/", views.unread, name="unread"),
    path("inbox/<uuid:notification_id>/open/", views.open_notification, name="open"),
    path("inbox/<uuid:notification_id>/read/", views.read, name="read"),
    path("settings/me/notifications/", views.preferences, name="preferences"),
    path("settings/me/input-time/", views.input_time, name="input-time"),
]
