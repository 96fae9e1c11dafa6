from django.urls import path

from apps.mail import views

app_name = "mail"

urlpatterns = [
    path("settings/mail/", views.outbox, name="outbox"),
    path("settings/mail/<uuid:message_id>/", views.message, name="message"),
]
