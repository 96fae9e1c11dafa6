"""`make bench`: each page against its yardstick in the same run, at full size and at a tenth of it.

SCALE=0.1 makes both ten times smaller; ROUNDS=100 sets how often each page is asked.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from config import embedded

VAR = embedded.VAR / "bench"
FULL = {"companies": 10_000, "deals_wanted": 20_000, "follows": 1_000_000}
SCALE = float(os.environ.get("SCALE", "1"))
ROUNDS = int(os.environ.get("ROUNDS", "60"))
WARM = 5


@dataclass(frozen=True)
class Measured:
    name: str
    page: list[float]
    bare: list[float]
    queries: int

    def line(self) -> str:
        p50, p95 = statistics.median(self.page), _p95(self.page)
        y50, y95 = statistics.median(self.bare), _p95(self.bare)
        return f"{self.name:<16}{p50:8.2f}{p95:8.2f}{y50:10.2f}{y95:8.2f}{p50 / y50:9.2f}×{p95 / y95:7.2f}×{self.queries:9}"


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def main() -> None:
    with embedded.in_use(VAR, durable=False) as addresses:
        os.environ.update(addresses, BATON_SECRET_KEY="only for the benchmark", BATON_LOG_LEVEL="ERROR")
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        _prepare()
        import django

        django.setup()
        found = {}
        for slug, share in (("tenth", 0.1), ("full", 1.0)):
            _filled(slug, share)
            found[slug] = list(_measured(slug))
            _show(slug, found[slug])
        _compare(found["tenth"], found["full"])


def _prepare() -> None:
    import subprocess

    for words in (
        ["prepare_database"],
        ["collectstatic", "--no-input", "--verbosity=0"],
        ["create_tenant", "tenth", *_admin("t")],
        ["create_tenant", "full", *_admin("f")],
    ):
        done = subprocess.run(
            [sys.executable, "manage.py", *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)


def _admin(letter: str) -> list[str]:
    return ["--name", "計測", "--admin", f"{letter}@bench.example"]


def _filled(slug: str, share: float) -> None:
    from apps.customers.models import Company
    from apps.tenancy import queries
    from apps.tenancy.context import inside
    from bench import data

    with inside(queries.named(slug)):
        if Company.objects.exists():
            return
        started = time.perf_counter()
        counts = {name: max(20, int(count * share * SCALE)) for name, count in FULL.items()}
        data.fill(**counts, say=lambda what: print(f"  {slug}: {what}", flush=True))
        print(f"  filled in {time.perf_counter() - started:.0f} s")


def _measured(slug: str) -> Iterator[Measured]:
    from bench import pages

    for name, page, bare in pages.of(slug):
        yield Measured(name, _timed(page), _timed(bare), pages.queries_of(page))


def _timed(ask: Callable[[], object]) -> list[float]:
    for _ in range(WARM):
        ask()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1000)
    return times


def _show(slug: str, found: list[Measured]) -> None:
    print(
        f"\n{slug:<16}{'p50 ms':>8}{'p95':>8}{'yardstick':>10}{'p95':>8}{'p50':>10}{'p95':>8}{'queries':>9}"
    )
    for measured in found:
        print(measured.line())


def _compare(tenth: list[Measured], full: list[Measured]) -> None:
    print("\np50 at a tenth of the rows (wanted: within 20 % + 2 ms)")
    for small, large in zip(tenth, full, strict=True):
        a, b = statistics.median(small.page), statistics.median(large.page)
        print(f"{small.name:<16}{a:8.2f} → {b:6.2f} ms  {'ok' if b <= a * 1.2 + 2 else 'GROWS'}")


if __name__ == "__main__":
    main()
