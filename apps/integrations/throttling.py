"""How often one person's programs may ask: enough to load years of records, not enough to stop others."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

MINUTE = 60


class PerMinute(BaseThrottle):
    """Requests of a user in the running minute, counted in each web process."""

    def allow_request(self, request: Request, view: Any) -> bool:
        key = f"api:{request.user.pk}:{int(time.time()) // MINUTE}"
        if cache.add(key, 1, timeout=2 * MINUTE):
            return True
        return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE
