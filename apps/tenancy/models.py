"""The public schema: which companies there are and under which hosts they are reached."""

from __future__ import annotations

import zoneinfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin


class Status(models.TextChoices):
    PROVISIONING = "provisioning", _("準備中")
    ACTIVE = "active", _("利用中")
    SUSPENDED = "suspended", _("停止中")
    CLOSING = "closing", _("解約手続き中")


class Tenant(TenantMixin):
    """A company that uses Baton; everything of it lives in its own schema."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(_("会社名"), max_length=200)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROVISIONING)
    time_zone = models.CharField(_("時間帯"), max_length=60, default="Asia/Tokyo")
    language = models.CharField(_("言語"), max_length=10, default="ja")
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = False
    auto_drop_schema = False

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Domain(DomainMixin):
    """A host name under which a tenant is served."""


class Blueprint(models.Model):
    """The SQL that makes an empty tenant, by the fingerprint of the migrations it was dumped from."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)
