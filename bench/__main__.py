"""`make bench`: each page against its yardstick in the same run, at full size and at a tenth of it.

SCALE=0.1 takes ten times fewer rows of both; ROUNDS=100 asks each page that often; ONLY="table" asks some.
REPS=12 YEARS=2 gives the full size to twelve people of two years: far more to each than anybody sells.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from config import embedded

SCALE = float(os.environ.get("SCALE", "1"))
ROUNDS = int(os.environ.get("ROUNDS", "60"))
ONLY = os.environ.get("ONLY", "")
SHAPE = {name.lower(): int(os.environ[name]) for name in ("REPS", "YEARS") if name in os.environ}
VAR = embedded.VAR / "-".join(["bench", f"{SCALE:g}", *map(str, SHAPE.values())])
WARM = 5
WANTED = 4
ADMIN = {"tenth": "t@bench.example", "full": "f@bench.example"}


@dataclass
class Measured:
    """Times in ms of one page and of its yardstick, taken by turns."""

    name: str
    compared: bool
    queries: int = 0
    page: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.page)

    @property
    def ratio(self) -> float:
        return self.p50 / statistics.median(self.bare)

    def line(self) -> str:
        p95, bare, bare95 = _p95(self.page), statistics.median(self.bare), _p95(self.bare)
        return (
            f"{_padded(self.name)}{self.p50:8.1f}{p95:8.1f}   {bare:8.1f}{bare95:8.1f}   "
            f"{self.ratio:6.1f} ×{p95 / bare95:6.1f} ×{self.queries:9}  {'' if self.ratio <= WANTED else 'above'}"
        ).rstrip()


def _padded(name: str) -> str:
    return f"{name:<18}"


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def main() -> None:
    with embedded.in_use(VAR, durable=False) as addresses:
        os.environ.update(addresses, BATON_SECRET_KEY="only for the benchmark", BATON_LOG_LEVEL="ERROR")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        _prepare()
        import django

        django.setup()
        from bench import data

        sizes = {"tenth": data.TENTH.times(SCALE), "full": replace(data.FULL.times(SCALE), **SHAPE)}
        for slug, size in sizes.items():
            _fill(slug, size)
        found = {slug: _measured(slug) for slug in sizes}
        for slug, size in sizes.items():
            _show(size, found[slug])
        _compare(found["tenth"], found["full"])


def _prepare() -> None:
    commands = [["prepare_database"], ["collectstatic", "--no-input", "--verbosity=0"]]
    commands += [["create_tenant", slug, "--name", "計測", "--admin", admin] for slug, admin in ADMIN.items()]
    for words in commands:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)


def _fill(slug: str, size) -> None:
    from apps.customers.models import Company
    from apps.tenancy import queries
    from apps.tenancy.context import inside
    from bench import data

    with inside(queries.named(slug)):
        if Company.objects.exists():
            return
        started = time.perf_counter()
        data.fill(size, say=lambda what: print(f"  {slug}: {what}", flush=True))
        print(f"  filled in {time.perf_counter() - started:.0f} s", flush=True)


def _measured(slug: str) -> list[Measured]:
    """Every page and every yardstick once in each round, so that a busy moment of the machine meets them all."""
    from bench import pages

    asked = [page for page in pages.of(slug) if ONLY in page.name]
    found = [Measured(page.name, page.compared) for page in asked]
    for turn in range(-WARM, ROUNDS):
        for page, measured in zip(asked, found, strict=True):
            times = _timed(page.ask), _timed(page.counterpart)
            if turn >= 0:
                measured.page.append(times[0])
                measured.bare.append(times[1])
    for page, measured in zip(asked, found, strict=True):
        measured.queries = pages.queries_of(page.ask)
    return found


def _timed(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def _show(size, found: list[Measured]) -> None:
    print(
        f"\n{size.companies:,} companies, {size.deals:,} deals, {size.follows:,} follows;"
        f" {size.reps} reps, {size.years} years; {ROUNDS} rounds"
    )
    print(f"{'':18}{'page, ms':>16}   {'yardstick, ms':>16}   {'ratio':>16}")
    print(
        f"{'':18}{'p50':>8}{'p95':>8}   {'p50':>8}{'p95':>8}   {'p50':>8}{'p95':>8}{'queries':>9}  wanted: {WANTED} ×"
    )
    for measured in found:
        print(measured.line())


def _compare(tenth: list[Measured], full: list[Measured]) -> None:
    print("\np50, from a tenth of the rows to all (wanted: within 20 % + 2 ms)")
    for small, large in zip(tenth, full, strict=True):
        grew = large.p50 > small.p50 * 1.2 + 2
        said = "" if not grew else "grows" if large.compared else "grows: it shows five times as many people"
        print(f"{_padded(small.name)}{small.p50:8.1f} → {large.p50:6.1f} ms  {said}".rstrip())


if __name__ == "__main__":
    main()
