"""Hosts without a tenant: no page but the plain one of `apps.tenancy.middleware` is ever served there."""

urlpatterns: list = []
