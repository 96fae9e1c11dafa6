"""取り込みを取り消す — every row as it was before, but for what people have built on since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from apps.accounts.models import System, User
from apps.accounts.permissions import only_who_may
from apps.accounts.vocabulary import Act
from apps.activities.models import DayTally
from apps.base.models import Versioned
from apps.base.refusal import Refused
from apps.deals.folding import refold
from apps.deals.models import Deal, DealChange, DealState, LostReason, Milestone
from apps.integrations.imports.kept import Kept, kept
from apps.integrations.imports.leaning import Link, Table, columns_of, key_type, links_to, name_of, tables
from apps.integrations.models import Did, Import, LedgerLine
from apps.integrations.vocabulary import State
from apps.journal.operations import note, note_many

FOR = timedelta(days=7)
FOLDED = (DealState, Milestone)
"""Written anew from a deal's changes: they go and come with their deal."""
DEALS_AT_ONCE = 500


class CannotUndo(Refused):
    pass


@dataclass(frozen=True)
class Undone:
    """How many records went, how many are as they were, how many stay."""

    removed: int
    restored: int
    kept: int


@only_who_may(Act.IMPORT)
@transaction.atomic
def undo(import_: Import, *, by: User | System, at: datetime) -> Undone:
    """Take the whole import away, in one transaction: a worker that dies leaves everything as it was."""
    import_ = Import.objects.select_for_update(of=("self",)).get(pk=import_.pk)
    _may_be_undone(import_, at)
    _alone()
    ledger = _weighed(import_)
    undone, restored = ledger.counted(), ledger.restored()
    ledger.take_away()
    import_.state, import_.ended_at = State.UNDONE, at
    import_.counts |= asdict(undone)
    import_.save(update_fields=["state", "ended_at", "counts"])
    for records in restored:
        note_many("import.record_restored", records, by=by, file=import_.file_name)
    note("import.undone", import_, by=by, removed=undone.removed, restored=undone.restored, kept=undone.kept)
    return undone


def _weighed(import_: Import) -> _Ledger:
    """The import's ledger, with a mark on each row that stays. Raises CannotUndo."""
    ledger = _Ledger(import_)
    ledger.refuse_if_stood_upon()
    ledger.keep_what_people_touched()
    return ledger


@dataclass(frozen=True)
class Foreseen:
    """What an undo would do now, and the records that would stay."""

    undone: Undone
    kept: list[Kept]


def foreseen(import_: Import, *, at: datetime) -> Foreseen:
    """The undo's own marks, counted and not kept: whoever only asks changes nothing. Raises CannotUndo."""
    _may_be_undone(import_, at)
    with transaction.atomic():
        told = Foreseen(_weighed(import_).counted(), kept(import_))
        transaction.set_rollback(True)
    return told


def until(import_: Import, *, at: datetime) -> datetime | None:
    """As long as a person may have it taken away; None: not now, or not any more."""
    if import_.state not in (State.DONE, State.STOPPED) or import_.ended_at is None:
        return None
    last = import_.ended_at + FOR
    return last if at <= last else None


def check(import_: Import, *, at: datetime) -> None:
    """Raise CannotUndo now, where a person is there to be told."""
    _may_be_undone(import_, at)
    _Ledger(import_).refuse_if_stood_upon()


def _may_be_undone(import_: Import, at: datetime) -> None:
    if import_.state == State.UNDONE:
        raise CannotUndo(_("この取り込みは、もう取り消しています。"))
    broken_off = (
        import_.state == State.RUNNING and import_.by_id is None
    )  # a command that died: nobody is at work
    if not broken_off and import_.state not in (State.DONE, State.STOPPED, State.UNDOING):
        raise CannotUndo(_("終わっていない取り込みは取り消せません。先に止めてください。"))
    if at > (import_.ended_at or import_.created_at) + FOR:
        raise CannotUndo(
            _("取り込みから%(days)d日を過ぎたので、まとめては取り消せません。") % {"days": FOR.days}
        )


def _alone() -> None:
    """No file comes in meanwhile: the lock of `running.alone`, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('import'), hashtext(current_schema()))")
        if not cursor.fetchone()[0]:
            raise CannotUndo(_("別の取り込みが動いています。終わってからもう一度実行してください。"))


class _Ledger:
    """The lines of one import, and what becomes of the rows that they tell of. A few statements for any number."""

    def __init__(self, import_: Import) -> None:
        self.import_ = import_
        self.lines = LedgerLine.objects.filter(import_of=import_)
        known = tables()
        named = self.lines.order_by("table").values_list("table", flat=True).distinct()
        self.tables: list[Table] = [known[name] for name in named]
        self.links = links_to(self.tables)

    def _run(self, sql: str, **given: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"import": self.import_.pk} | given)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    # ── what stays ─────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _without_loops(self) -> Iterator[None]:
        """The ledger has just grown and nobody has counted its rows yet: loops over loops would be chosen."""
        self._run("SET LOCAL enable_nestloop = off")
        yield
        self._run("SET LOCAL enable_nestloop = on")

    def refuse_if_stood_upon(self) -> None:
        """A later import that wrote the same rows, or whose rows name ours, must be taken away first."""
        with self._without_loops():
            found = self._later_imports()
        standing = Import.objects.filter(pk__in=found).exclude(state=State.UNDONE)
        if later := standing.order_by("-created_at").first():
            raise CannotUndo(
                _(
                    "あとの取り込み「%(file)s」が、この取り込みの記録の上に立っています。先にそちらを取り消してください。"
                )
                % {"file": later.file_name}
            )

    def _later_imports(self) -> set[UUID]:
        rewritten = """
            SELECT DISTINCT o.import_of_id
            FROM integrations_ledgerline l JOIN integrations_ledgerline o USING ("table", record)
            WHERE l.import_of_id = %(import)s AND o.import_of_id <> l.import_of_id AND o.at > l.at"""
        found = {pk for (pk,) in self._run(rewritten)}
        for link in self.links:
            naming = f"""
                SELECT DISTINCT o.import_of_id
                FROM integrations_ledgerline l
                JOIN {name_of(link.child)} c ON c.{link.column} = l.record::{key_type(link.parent)}
                JOIN integrations_ledgerline o ON o."table" = %(child)s AND o.record = c.id::text
                WHERE l.import_of_id = %(import)s AND l."table" = %(parent)s AND l.did = 'added'
                  AND o.import_of_id <> l.import_of_id"""
            found |= {pk for (pk,) in self._run(naming, **_names(link))}
        return found

    def keep_what_people_touched(self) -> None:
        """Mark what was changed since, then all that holds on to what stays, until nothing more is marked."""
        with self._without_loops():
            self._mark_what_stays()

    def _mark_what_stays(self) -> None:
        for model in self.tables:
            self._keep_changed(model)
        marked = -1
        while marked:
            marked = sum(self._keep_leant_upon(link) + self._keep_together(link) for link in self.links)
            marked += self._keep_reasons()

    def _keep_changed(self, model: Table) -> None:
        self._run(
            f"""
            UPDATE integrations_ledgerline l SET kept = 'changed' FROM {name_of(model)} t
            WHERE l.import_of_id = %(import)s AND l."table" = %(table)s AND l.did <> 'removed'
              AND t.id = l.record::{key_type(model)}
              AND md5(jsonb_strip_nulls(to_jsonb(t))::text)::uuid <> l.after""",
            table=name_of(model),
        )

    def _keep_leant_upon(self, link: Link) -> int:
        """What we added and a row names that does not go, too. What is folded goes with its deal."""
        goes = """
            o."table" = %(child)s AND o.record = c.id::text
            AND (o.did = 'added' OR o.before ->> %(column)s IS DISTINCT FROM l.record)"""
        if link.child in FOLDED:
            goes = "o.\"table\" = 'deals_deal' AND o.record = c.deal_id::text"
        return self._run(
            f"""
            UPDATE integrations_ledgerline l SET kept = %(child)s
            WHERE l.import_of_id = %(import)s AND l."table" = %(parent)s AND l.did = 'added' AND l.kept = ''
              AND EXISTS (
                SELECT FROM {name_of(link.child)} c
                WHERE c.{link.column} = l.record::{key_type(link.parent)} AND NOT EXISTS (
                  SELECT FROM integrations_ledgerline o
                  WHERE o.import_of_id = l.import_of_id AND o.kept = '' AND {goes}))""",
            **_names(link),
        )

    def _keep_together(self, link: Link) -> int:
        """A part stays with its whole, and a whole stays as it is if a part of it does."""
        if not link.part or link.child not in self.tables or not self.lines.exclude(kept="").exists():
            return 0
        pairs = f"""
            FROM integrations_ledgerline p
            LEFT JOIN {name_of(link.child)} c ON c.id = p.record::{key_type(link.child)}
            JOIN integrations_ledgerline w ON w.import_of_id = p.import_of_id AND w."table" = %(parent)s
              AND w.record = coalesce(p.before ->> %(column)s, c.{link.column}::text)
            WHERE p.import_of_id = %(import)s AND p."table" = %(child)s"""
        return self._run(
            f"""
            WITH parts AS (SELECT p.id {pairs} AND p.kept = '' AND w.kept <> ''),
                wholes AS (SELECT w.id {pairs} AND p.kept <> '' AND w.kept = '')
            UPDATE integrations_ledgerline l
            SET kept = CASE WHEN l.id IN (SELECT id FROM parts) THEN 'whole' ELSE 'part' END
            WHERE l.id IN (SELECT id FROM parts UNION ALL SELECT id FROM wholes)""",
            **_names(link),
        )

    def _keep_reasons(self) -> int:
        """A change of a deal names the reason within its fields."""
        if LostReason not in self.tables:
            return 0
        return self._run("""
            UPDATE integrations_ledgerline l SET kept = 'deals_deal'
            WHERE l.import_of_id = %(import)s AND l."table" = 'deals_lostreason' AND l.did = 'added' AND l.kept = ''
              AND EXISTS (
                SELECT FROM deals_dealchange c
                WHERE c.fields ->> 'lost_reason' = l.record AND NOT EXISTS (
                  SELECT FROM integrations_ledgerline o
                  WHERE o.import_of_id = l.import_of_id AND o.kept = ''
                    AND o."table" = 'deals_dealchange' AND o.record = c.id::text))""")

    def counted(self) -> Undone:
        told: Counter[str] = Counter()
        records = [name_of(model) for model in self.tables if issubclass(model, Versioned)]
        lines = self.lines.filter(table__in=records).values_list("did", "kept")
        for did, why, rows in lines.annotate(Count("pk")):
            told["kept" if why else did] += rows
        return Undone(told[Did.ADDED], told[Did.CHANGED] + told[Did.REMOVED], told["kept"])

    def restored(self) -> list[list[Any]]:
        """The records that will stand again as they stood before."""
        before = self.lines.filter(kept="").exclude(did=Did.ADDED)
        found = []
        for model in self.tables:
            if issubclass(model, Versioned):
                records = list(before.filter(table=name_of(model)).values_list("record", flat=True))
                found.append(list(model._base_manager.filter(pk__in=records)))
        return [several for several in found if several]

    # ── what goes ──────────────────────────────────────────────────────────────────────────────────

    def take_away(self) -> None:
        deals = self._deals_to_fold()
        with self._without_loops():
            for folded in FOLDED:
                self._remove(folded, of=Deal, by="deal_id")
            for model in self.tables:
                self._remove(model, of=model, by="id")
            for model in self.tables:
                self._bring_back(model)
        for first in range(0, len(deals), DEALS_AT_ONCE):
            refold(deals[first : first + DEALS_AT_ONCE])
        DayTally.objects.filter(follows=0, visits=0).delete()  # as if nothing had been done that day
        try:
            connection.check_constraints()
        except IntegrityError as error:
            why = str(error).splitlines()[0]
            raise CannotUndo(_("ほかの記録とつながっていて取り消せません: %(why)s") % {"why": why}) from error
        self.lines.filter(kept="").delete()

    def _deals_to_fold(self) -> list[Any]:
        """Deals that stay, with other changes than now."""
        if DealChange not in self.tables:
            return []
        found = self._run("""
            SELECT DISTINCT coalesce(l.before ->> 'deal_id', c.deal_id::text)::uuid AS deal
            FROM integrations_ledgerline l LEFT JOIN deals_dealchange c ON c.id = l.record::uuid
            WHERE l.import_of_id = %(import)s AND l."table" = 'deals_dealchange' AND l.kept = ''
            EXCEPT
            SELECT record::uuid FROM integrations_ledgerline
            WHERE import_of_id = %(import)s AND "table" = 'deals_deal' AND did = 'added' AND kept = ''""")
        return [pk for (pk,) in found if pk]

    def _remove(self, model: Table, *, of: Table, by: str) -> None:
        self._run(
            f"""
            DELETE FROM {name_of(model)} t USING integrations_ledgerline l
            WHERE l.import_of_id = %(import)s AND l."table" = %(of)s AND l.did = 'added' AND l.kept = ''
              AND t.{by} = l.record::{key_type(of)}""",
            of=name_of(of),
        )

    def _bring_back(self, model: Table) -> None:
        columns, theirs = columns_of(model), columns_of(model, row="r")
        self._run(
            f"""
            INSERT INTO {name_of(model)} ({columns})
            SELECT {theirs}
            FROM integrations_ledgerline l, jsonb_populate_record(NULL::{name_of(model)}, l.before) r
            WHERE l.import_of_id = %(import)s AND l."table" = %(table)s AND l.did = 'removed' AND l.kept = ''
            ON CONFLICT DO NOTHING""",
            table=name_of(model),
        )
        self._run(
            f"""
            UPDATE {name_of(model)} t
            SET ({columns}) = (SELECT {theirs} FROM jsonb_populate_record(t, l.before) r)
            FROM integrations_ledgerline l
            WHERE l.import_of_id = %(import)s AND l."table" = %(table)s AND l.did = 'changed' AND l.kept = ''
              AND t.id = l.record::{key_type(model)}""",
            table=name_of(model),
        )


def _names(link: Link) -> dict[str, str]:
    return {"child": name_of(link.child), "parent": name_of(link.parent), "column": link.column}
