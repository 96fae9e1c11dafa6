"""What makes the product an app that can be installed: its name and icons, its service worker, its page without network."""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.base.pages import page

OURS = ("css/", "img/", "js/")
ICONS = [
    ("-192.png", "192x192", "image/png"),
    ("-512.png", "512x512", "image/png"),
    (".svg", "any", "image/svg+xml"),
]
"""The drawing is `img/app.svg`, whose mark stands within what a mask leaves; the others are the same in pixels."""


@login_not_required  # a browser asks for it without anybody
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    told = {
        "id": "/",
        "name": "Baton",
        "short_name": "Baton",
        "description": _("営業の一日を、つながらない場所でも記録できます。"),
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F4F4F0",
        "theme_color": "#F4F4F0",
        "icons": [
            {"src": static(f"img/app{name}"), "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind in ICONS
            for purpose in ("any", "maskable")
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@login_not_required  # as above
@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The files are known by their hash where they were collected; else the worker keeps what it meets."""
    known = getattr(staticfiles_storage, "hashed_files", {})
    files = sorted({staticfiles_storage.url(name) for name in known if name.startswith(OURS)})
    text = (settings.ROOT / "static/js/offline/worker.js").read_text()
    version = hashlib.sha256(json.dumps([files, text]).encode()).hexdigest()[:12]
    given = {
        "VERSION": version,
        "OFFLINE": reverse("inbox:offline"),
        "ME": reverse("inbox:me"),
        "FILES": files,
    }
    before = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    return HttpResponse(before + text, content_type="text/javascript; charset=utf-8")


@login_not_required  # it is laid up before anybody is there
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    return page(request, "inbox/offline.html")
