"""A POST with an Idempotency-Key is done once: sent again within 24 hours, it gets the same answer."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.integrations.models import Answered
from apps.integrations.parsers import body_of
from apps.integrations.problems import MEDIA_TYPE

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = gettext_lazy("このキーは、ほかの内容に使われました。新しいキーで送ってください。")
    default_code = "key-reused"


class AnsweredBefore(Exception):
    """The key is known; `answer` is what was answered then."""

    def __init__(self, answer: Answered) -> None:
        self.answer = answer


class Once:
    """Mixed into every endpoint by the router. Deed and answer are written in one transaction: whoever comes second
    with the same key waits at the first one's row, and then finds the answer."""

    answer: Answered | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        if request.method != "POST" or HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers:
            self.answer = _claimed(request)

    def handle_exception(self, exception: Exception) -> Response:
        if not isinstance(exception, AnsweredBefore):
            return super().handle_exception(exception)
        known = exception.answer
        content_type = MEDIA_TYPE if known.status >= 400 else None
        return Response(known.body, status=known.status, content_type=content_type)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if self.answer:
            self.answer.status = response.status_code
            self.answer.body = json.loads(JSONRenderer().render(response.data) or "null")
            self.answer.save(update_fields=["status", "body"])
        return super().finalize_response(request, response, *args, **kwargs)


def _claimed(request: Request) -> Answered:
    """The row that will hold the answer. Raises AnsweredBefore or KeyReused where the key is known."""
    key, now = request.headers[HEADER], timezone.now()
    if not _KEY.fullmatch(key):
        raise ValidationError({HEADER: [_("200字までの英数字と記号で入れてください。")]})
    mine = Answered(user=request.user, key=key, request_digest=_digest(request), at=now)
    forget_answers(Answered.objects.filter(user=request.user, key=key), now=now)
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
    except IntegrityError:
        known = Answered.objects.get(user=request.user, key=key)
    else:
        return mine
    if known.request_digest != mine.request_digest:
        raise KeyReused
    raise AnsweredBefore(known)


def _digest(request: Request) -> str:
    return hashlib.sha256(request.get_full_path().encode() + b"\0" + body_of(request)).hexdigest()


def forget_answers(answers: Any = None, *, now: datetime) -> int:
    """Delete the answers that are older than they are kept; returns how many."""
    answers = Answered.objects.all() if answers is None else answers
    return answers.filter(at__lt=now - KEPT).delete()[0]
