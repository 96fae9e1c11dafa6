"""What left, or is about to leave, by mail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.base.models import Row

HIDDEN = "••••••••"


class Message(Row):
    """One mail to one person. Its key says what it is for, so that no cause sends it twice."""

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField(max_length=254)
    subject = models.CharField(_("件名"), max_length=200)
    text = models.TextField(_("本文"))
    secret = models.TextField(blank=True, default="")
    """What only the receiver may read; it takes HIDDEN's place in the text when the mail leaves, and is gone then."""
    leave_at = models.URLField(blank=True, default="", db_default="")
    """Where the receiver chooses to get no more of these; mail programs offer it beside the sender."""
    written_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(_("送った日時"), null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mail_unsent", condition=Q(sent_at__isnull=True))]

    def __str__(self) -> str:
        return self.subject
