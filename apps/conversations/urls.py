from django.urls import path

from apps.conversations import daily_views, history_views, views

app_name = "conversations"

urlpatterns = [
    path("about/<slug:kind>/<uuid:subject_id>/", views.beside, name="beside"),
    path("about/<slug:kind>/<uuid:subject_id>/write/", views.write, name="write"),
    path("about/<slug:kind>/<uuid:subject_id>/attach/", views.attach, name="attach"),
    path("about/<slug:kind>/<uuid:subject_id>/files/", views.files, name="files"),
    path("about/<slug:kind>/<uuid:subject_id>/history/", history_views.history, name="history"),
    path("daily/<uuid:report_id>/talk/", daily_views.talk, name="talk"),
    path("daily/<uuid:report_id>/react/", daily_views.react, name="react"),
    path("daily/<uuid:report_id>/read/", daily_views.mark_read, name="mark-read"),
    path("daily/team/", daily_views.daily_of_team, name="daily-of-team"),
    path("daily/team/unread/", daily_views.next_unread, name="next-unread"),
    path("daily/question/", daily_views.next_question, name="next-question"),
    path("comments/people/", views.people, name="people"),
    path("comments/<uuid:comment_id>/change/", views.change_comment, name="change-comment"),
    path("comments/<uuid:comment_id>/wordings/", views.wordings, name="wordings"),
    path("comments/<uuid:comment_id>/take-back/", views.take_back_comment, name="take-back-comment"),
    path("comments/<uuid:comment_id>/restore/", views.restore_comment, name="restore-comment"),
    path("attachments/<uuid:attachment_id>/", views.attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/remove/", views.remove_file, name="remove-file"),
    path("attachments/<uuid:attachment_id>/restore/", views.restore_file, name="restore-file"),
]
