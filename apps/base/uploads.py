"""How files come in: never more of one than is wanted, and nothing left behind by a process that is killed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from tempfile import TemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect


class Nameless(FileUploadHandler):
    """Into a file without a name, which is gone with its process. What is larger than `most` bytes is let pass by."""

    def __init__(self, request: HttpRequest | None = None, *, most: int) -> None:
        super().__init__(request)
        self.most = most
        self.too_large: list[str] = []
        """What the files were called that were larger."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = TemporaryFile()  # noqa: SIM115 - closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.most:
            self.too_large.append(self.file_name or "")
            self.file.close()
            raise SkipFile
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.file.closed:
            return None
        self.file.seek(0)
        return UploadedFile(
            self.file, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )


def taking_files(most: Callable[[], int]) -> Callable[[Callable], Callable]:
    """Let a page take files of at most so many bytes each; `request.too_large` says which were larger."""

    def take(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        protected = csrf_protect(view)

        @csrf_exempt  # the token is asked for below, once it is known where the files go
        @wraps(view)
        def taking(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            handler = Nameless(request, most=most())
            request.upload_handlers = [handler]
            request.too_large = handler.too_large  # type: ignore[attr-defined]
            return protected(request, *args, **given)

        return taking

    return take
