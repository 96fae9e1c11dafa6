import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from apps.integrations.imports import mapping as mappings
from apps.integrations.imports.kinds import Fate
from apps.integrations.imports.reading import BadFile
from apps.integrations.imports.results import Report
from apps.integrations.imports.running import KINDS, import_file
from apps.tenancy.context import inside
from apps.tenancy.management.commands._tenant import tenant_or_fail

SOME_REFUSED, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = "Import records of one kind from a CSV or XLSX file (docs/import.md). Can be run again: nothing doubles."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--kind", required=True, choices=list(KINDS))
        parser.add_argument("--mapping", type=Path, metavar="FILE.toml", help="which column is which field")
        parser.add_argument("--source", default="", help="name of the system that the file comes from")
        parser.add_argument("--result", type=Path, help="where refused rows go; default: next to the file")
        parser.add_argument("--dry-run", action="store_true", help="do everything but write")

    def handle(self, *, file, tenant, kind, mapping, source, result, dry_run, **options) -> None:
        try:
            place = tenant_or_fail(tenant, active=True)
        except CommandError as error:
            raise CommandError(str(error), returncode=UNREADABLE) from error
        with inside(place):
            try:
                report = self._import(
                    file,
                    kind=kind,
                    mapping=mappings.read(mapping) if mapping else None,
                    source=source,
                    result=result or file.with_suffix(".result.csv"),
                    dry_run=dry_run,
                )
            except BadFile as error:
                raise CommandError(str(error), returncode=UNREADABLE) from error
            self._tell(report, kind, dry_run)
            if report.refused:
                told = {"count": report.refused, "path": report.result}
                raise CommandError(
                    _("%(count)d行を取り込めませんでした。行と理由: %(path)s") % told, returncode=SOME_REFUSED
                )

    def _import(self, file: Path, **how) -> Report:
        quick = sys.stderr.isatty()
        with tqdm(unit=_("行"), file=sys.stderr, mininterval=0.1 if quick else 5) as bar:

            def progress(line: int, size: int | None) -> None:
                bar.total = max(size, line) if size else None
                bar.update(line - bar.n)

            return import_file(file, at=timezone.now(), progress=progress, **how)

    def _tell(self, report: Report, kind: str, dry_run: bool) -> None:
        counts = {fate.value: f"{report.fates[fate]:,}" for fate in Fate}
        told = {"kind": KINDS[kind].label, "total": f"{report.total:,}"} | counts
        self.stdout.write(
            _(
                "%(kind)s %(total)s行: 追加 %(added)s、変更 %(changed)s、同じ %(same)s、取り込めず %(refused)s、対象外 %(skipped)s"
            )
            % told
        )
        for sentence in report.sentences():
            self.stdout.write(sentence)
        if dry_run:
            self.stdout.write(_("試しただけで、何も書き込んでいません。"))
