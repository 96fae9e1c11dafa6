from django.urls import path

from apps.inbox import offline_views, views, worker_views

app_name = "inbox"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/counts/", offline_views.counts, name="counts"),
    path("inbox/read-all/", views.read_all, name="read-all"),
    path("inbox/unread/", views.unread, name="unread"),
    path("inbox/<uuid:notification_id>/open/", views.open_notification, name="open"),
    path("inbox/<uuid:notification_id>/read/", views.read, name="read"),
    path("inbox/<uuid:notification_id>/seen/", views.seen, name="seen"),
    path("settings/me/notifications/", views.preferences, name="preferences"),
    path("settings/me/input-time/", views.input_time, name="input-time"),
    path("drafts/", offline_views.drafts, name="draft"),
    path("me.json", offline_views.me, name="me"),
    path("manifest.webmanifest", worker_views.manifest, name="manifest"),
    path("sw.js", worker_views.worker, name="worker"),
    path("offline/", worker_views.offline, name="offline"),
]
