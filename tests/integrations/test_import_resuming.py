"""An import that is taken up again reads on where it stood, and still knows what the file said before."""

import pytest
from django.urls import reverse

from apps.customers.models import Company
from apps.integrations.imports import running, working
from apps.integrations.imports.delimited import ENCODINGS
from apps.integrations.imports.kinds import Kind
from apps.integrations.models import Import
from apps.integrations.vocabulary import State
from tests import factories
from tests.integrations.imports import at_work, checked, url

ROWS = [["番号", "会社名", "メモ"], *([f"{n}", f"会社{n}", "一\n二" if n % 2 else ""] for n in range(1, 6))]
AGAIN = ["1", "会社1の別名", ""]


@pytest.fixture
def read(monkeypatch):
    """The lines that were read and cleaned."""
    lines, clean = [], Kind.clean
    monkeypatch.setattr(
        Kind, "clean", lambda kind, line, *more: lines.append(line.number) or clean(kind, line, *more)
    )
    monkeypatch.setattr(running, "BATCH", 2)
    return lines


def begun(browser, import_: Import) -> Import:
    """Told to come in, with the first slice of it done."""
    checked(browser, import_)
    browser.post(reverse("integrations:start-import", args=[import_.pk]))
    return import_


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_next_slice_reads_on_and_knows_what_was_said_before(browser, admin, read, monkeypatch, encoding):
    monkeypatch.setattr(working, "SLICE", -1)  # a batch each
    import_ = factories.make_import(admin, rows=[*ROWS, AGAIN], encoding=encoding)
    if import_.state == State.UNREADABLE:  # said by its name, not told apart
        browser.post(url("read-import", import_), {"encoding": encoding, "delimiter": ","})
        at_work(import_)
    begun(browser, import_)
    slices = []
    more = True
    while more:
        read.clear()
        more = working.work(str(import_.pk))
        slices.append([*read])
    import_.refresh_from_db()

    assert slices == [[2, 4], [5, 7], [8, 10], []]
    assert (import_.state, import_.counts["added"], import_.counts["refused"]) == (State.DONE, 5, 1)
    assert "2行目と同じ番号" in import_.problems.get().reason
    assert not import_.seen_path.exists()


def test_what_was_kept_beyond_what_is_in_is_not_believed(browser, admin, read, monkeypatch):
    monkeypatch.setattr(working, "SLICE", -1)
    import_ = begun(browser, factories.make_import(admin, rows=[*ROWS, AGAIN]))
    working.work(str(import_.pk))
    Company.objects.all().delete()
    Import.objects.filter(pk=import_.pk).update(line=0, counts={})  # as an older backup has it

    at_work(import_)

    assert (import_.counts["added"], import_.counts["refused"]) == (5, 1)


def test_a_worker_that_dies_before_it_kept_its_place_reads_a_batch_twice_and_takes_it_once(
    browser, admin, read, monkeypatch
):
    import_ = begun(browser, factories.make_import(admin, rows=[*ROWS, AGAIN]))

    def dies(*_given, **_how):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running.Seen, "keep", dies)
        with pytest.raises(KeyboardInterrupt):
            working.work(str(import_.pk))
    import_.refresh_from_db()
    assert (import_.line, Company.objects.count()) == (4, 2)

    at_work(import_)

    assert (import_.counts["added"], import_.counts["refused"], Company.objects.count()) == (5, 1, 5)


def test_a_repaired_row_is_held_against_the_whole_file(browser, admin, read):
    import_ = at_work(begun(browser, factories.make_import(admin, rows=[*ROWS, ["6", "", ""]])))
    problem = import_.problems.get()
    read.clear()

    browser.post(url("repair-rows", import_), {"problem": problem.pk, "deed": "put", "text": "会社6"})
    browser.post(url("run-again", import_))
    at_work(import_)

    assert (read, import_.counts["added"]) == ([2, 4, 5, 7, 8, 10], 6)
