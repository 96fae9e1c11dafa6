"""ファイル: what is laid beside a record, known by its content, kept in the tenant's own folder, given out with care."""

import hashlib
import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import SYSTEM
from apps.base.models import new_id
from apps.base.storage import NoTenantsFile
from apps.conversations import operations, rules, sniffing
from apps.conversations.models import Attachment
from apps.conversations.vocabulary import FileKind
from apps.tenancy.context import inside
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n%..."


def zipped(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.fixture
def company(db):
    return factories.make_company("北浜精機株式会社")


@pytest.fixture
def browser(logged_in, rep):
    return logged_in(rep)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def lay(browser, company, *files, key=None):
    url = reverse("conversations:attach", args=["company", company.pk])
    return browser.post(url, {"key": str(key or new_id()), "files": list(files)}, follow=True)


def file(name: str, content: bytes = b"text") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def download(browser, attachment, **query):
    response = browser.get(reverse("conversations:attachment", args=[attachment.pk]), query)
    content = response.getvalue() if response.streaming else b""
    return response, content


# ── what is taken ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, FileKind.PDF),
        (PNG, FileKind.PNG),
        (b"\xff\xd8\xff\xe0....", FileKind.JPEG),
        (b"GIF89a....", FileKind.GIF),
        (b"RIFF\x10\0\0\0WEBPVP8 ", FileKind.WEBP),
        (b"\0\0\0\x18ftypheic....", FileKind.HEIC),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", FileKind.OLD_OFFICE),
        (zipped("[Content_Types].xml", "word/document.xml"), FileKind.WORD),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), FileKind.EXCEL),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), FileKind.POWERPOINT),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), FileKind.OPEN_DOCUMENT),
        (zipped("見積.pdf"), FileKind.ZIP),
        ("会社名,電話\r\n北浜,03".encode("cp932"), FileKind.TEXT),
        ("会社名".encode("utf-16"), FileKind.TEXT),
        ("議事録\n一、\t".encode(), FileKind.TEXT),
        ("あ".encode() * 40_000, FileKind.TEXT),
        (b"MZ\x90\0\x03\0\0\0", None),
        (b"\x7fELF\x02\x01\x01\0", None),
        (zipped("META-INF/MANIFEST.MF", "A.class"), None),
        (b"PK\x03\x04broken", None),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", None),
        (bytes(range(256)), None),
    ],
)
def test_a_file_is_known_by_its_content(content, kind):
    opened = io.BytesIO(content)

    assert sniffing.kind_of(opened) == kind
    assert opened.tell() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("見積書.pdf", b"MZ\x90\0\x03\0\0\0"),
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("drawing.svg", b"<svg onload='alert(1)'/>"),
        ("run.bat", b"del *.*"),
        ("run.js", b"alert(1)"),
        ("見積書.pdf", PNG),
        ("無印", PDF),
        ("見積書.pdf.exe", PDF),
        ("空.txt", b""),
    ],
)
def test_what_is_not_taken_is_said_and_leaves_nothing(browser, company, folder, name, content):
    answer = lay(browser, company, file(name, content))

    said = [str(message) for message in answer.context["messages"]]
    assert len(said) == 1
    assert name.split(".")[0] in said[0]
    assert (Attachment.objects.count(), on_disk(folder)) == (0, [])


def test_several_come_at_once_and_one_that_is_not_taken_costs_nobody_the_others(browser, company, folder):
    answer = lay(browser, company, file("a.pdf", PDF), file("b.exe", b"MZ\0"), file("c.png", PNG))

    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.pdf", "c.png"]
    assert [message.level_tag for message in answer.context["messages"]] == ["success", "error"]
    assert len(on_disk(folder)) == 2


def test_a_form_without_a_file_says_so(browser, company):
    answer = lay(browser, company)

    assert [str(message) for message in answer.context["messages"]] == ["ファイルを選んでください。"]


@override_settings(LARGEST_ATTACHMENT=2**20)
def test_a_file_that_is_too_large_is_let_pass_by_and_said(browser, company, folder):
    answer = lay(browser, company, file("大きい.pdf", PDF + b"0" * 2**20), file("小さい.pdf", PDF))

    assert "「大きい.pdf」は大きすぎます" in str(list(answer.context["messages"])[1])
    assert Attachment.objects.get().name == "小さい.pdf"


@override_settings(ATTACHMENTS_PER_TENANT=100)
def test_a_company_has_so_much_room_and_no_more(company, rep):
    factories.make_file(company, by=rep, content=b"x" * 90)

    with pytest.raises(operations.NotTaken):
        factories.make_file(company, by=rep, content=b"x" * 20)


def test_two_clicks_lay_one_file(browser, company, folder):
    key = new_id()

    for _ in range(2):
        lay(browser, company, file("a.pdf", PDF), key=key)

    assert (Attachment.objects.count(), len(on_disk(folder))) == (1, 1)


def test_the_form_asks_for_its_token(logged_in, company, rep, alpha):
    from tests.client import TenantClient

    strict = TenantClient(alpha, enforce_csrf_checks=True)
    strict.force_login(rep)

    url = reverse("conversations:attach", args=["company", company.pk])
    assert strict.post(url, {"key": str(new_id()), "files": [file("a.pdf", PDF)]}).status_code == 403
    assert Attachment.objects.count() == 0


# ── names ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("見積書.pdf", "見積書.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\見積.xlsx", "見積.xlsx"),
        ("請求書\u202efdp.exe", "請求書fdp.exe"),
        ("a\0b\nc.txt", "abc.txt"),
        ("  二つ   の 空白 .txt", "二つ の 空白 .txt"),
        ("..", ""),
        ("長" * 300 + ".pdf", "長" * 196 + ".pdf"),
        ("か\u3099.txt", "が.txt"),
    ],
)
def test_a_name_is_text_without_path_and_without_what_is_not_seen(given, kept):
    assert rules.file_name(given) == kept


def test_files_of_the_same_name_stand_side_by_side(browser, company, rep):
    first, second = (factories.make_file(company, by=rep, name="a.txt", content=c) for c in (b"one", b"two"))

    assert [download(browser, one)[1] for one in (first, second)] == [b"one", b"two"]


# ── giving it out ──────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_a_download_that_runs_nothing(browser, company, rep):
    attachment = factories.make_file(company, by=rep, name="議事録 最終.txt", content=b"<script>x</script>")

    response, content = download(browser, attachment, show="")

    assert content == b"<script>x</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [("a.png", PNG, ("inline", "image/png")), ("a.pdf", PDF, ("attachment", "application/octet-stream"))],
)
def test_only_pictures_are_shown_by_the_browser(browser, company, rep, name, content, shown):
    attachment = factories.make_file(company, by=rep, name=name, content=content)

    response, _content = download(browser, attachment, show="")

    assert (response["Content-Disposition"].split(";")[0], response["Content-Type"]) == shown


def test_it_is_kept_under_its_own_id_readable_by_nobody_else(company, rep, folder):
    attachment = factories.make_file(company, by=rep, content=b"abc")

    [path] = on_disk(folder)
    assert path == folder / "t_alpha" / "attachments" / attachment.pk.hex[-2:] / attachment.pk.hex
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (attachment.digest, attachment.size) == (hashlib.sha256(b"abc").hexdigest(), 3)


def test_the_file_of_another_tenant_is_not_there(browser, company, alpha, beta):
    with inside(beta):
        theirs = factories.make_file(factories.make_company(), by=factories.make_user("field_sales"))
        place = theirs.place

    assert download(browser, theirs)[0].status_code == 404
    assert not default_storage.exists(place)


def test_outside_of_a_tenant_there_are_no_files(db):
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        with pytest.raises(NoTenantsFile):
            default_storage.exists("attachments")
    finally:
        connection.set_tenant(before)


def test_a_row_whose_file_is_gone_is_not_found(browser, company, rep):
    attachment = factories.make_file(company, by=rep)
    default_storage.delete(attachment.place)

    assert download(browser, attachment)[0].status_code == 404


# ── taking it away ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("person", "status"),
    [("rep", 302), ("manager", 302), ("admin", 302), ("colleague", 403), ("stranger", 403)],
)
def test_who_may_take_a_file_away(logged_in, request, company, rep, person, status):
    attachment = factories.make_file(company, by=rep)
    browser = logged_in(request.getfixturevalue(person))

    assert browser.post(reverse("conversations:remove-file", args=[attachment.pk])).status_code == status


def test_a_removed_file_is_gone_and_comes_back(browser, company, rep):
    attachment = factories.make_file(company, by=rep)
    browser.post(reverse("conversations:remove-file", args=[attachment.pk]))
    gone = download(browser, attachment)[0].status_code

    browser.post(reverse("conversations:restore-file", args=[attachment.pk]))

    assert (gone, download(browser, attachment)[1]) == (404, b"minutes")


def test_after_thirty_days_it_is_deleted_for_good(company, rep, folder):
    now = timezone.now()
    old, recent, kept = (factories.make_file(company, by=rep, name=f"{n}.txt") for n in range(3))
    operations.remove_file(old, by=rep, at=now - timedelta(days=31))
    operations.remove_file(recent, by=rep, at=now - timedelta(days=29))

    deleted = operations.clear_away(by=SYSTEM, at=now)

    assert deleted == 1
    assert set(Attachment.objects.all()) == {recent, kept}
    assert {path.name for path in on_disk(folder)} == {recent.pk.hex, kept.pk.hex}


def test_what_a_killed_upload_left_is_deleted_the_next_day(company, rep, folder):
    kept = factories.make_file(company, by=rep)
    for name, age in (("0" * 32, 2 * 86_400), ("1" * 32, 60)):
        default_storage.save(f"attachments/00/{name}", ContentFile(b"half"))
        then = timezone.now().timestamp() - age
        os.utime(default_storage.path(f"attachments/00/{name}"), (then, then))

    operations.clear_away(by=SYSTEM, at=timezone.now())

    assert {path.name for path in on_disk(folder)} == {kept.pk.hex, "1" * 32}


def test_a_file_that_cannot_be_written_leaves_no_row(company, rep, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(OSError, match="no space"):
        factories.make_file(company, by=rep)

    assert Attachment.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_files_costs_the_same_however_long(
    browser, company, rep, count, django_assert_num_queries
):
    for number in range(count):
        factories.make_file(company, by=rep, name=f"{number}.txt")

    with django_assert_num_queries(7):
        browser.get(reverse("conversations:files", args=["company", company.pk]))
