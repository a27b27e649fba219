"""Making many territories side by side, in processes of their own.

Processes and not threads: drawing and typesetting hold the interpreter's lock. Each
worker opens the warehouse once, and keeps its renderers warm.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commerce_exterieur.errors import UserError
from commerce_exterieur.site import interruption
from commerce_exterieur.site.gazetteer import Gazetteer, read_gazetteer
from commerce_exterieur.site.sheets import Job, Shared, draw_shared, write_sheets
from commerce_exterieur.warehouse import Warehouse
from commerce_exterieur.wording import LanguageCode


@dataclass(frozen=True)
class Result:
    """What became of one territory: the files written, or why it failed."""

    territory_code: str
    files: list[str]
    error: str | None = None


class Worker:
    """One worker: an open warehouse, and where the files go."""

    def __init__(self, warehouse: Path, site: Path) -> None:
        self.warehouse = Warehouse(warehouse)
        # As many workers as cores: a second thread each would only be in the way.
        self.warehouse.connection.execute("set threads = 1")
        self.gazetteer: Gazetteer = read_gazetteer(self.warehouse)
        self.site = site

    def draw(
        self, territory_code: str, year: int, languages: tuple[LanguageCode, ...]
    ) -> Shared:
        """Draw what a territory serves others for comparison; nothing if it fails.

        Whoever needs it then draws it, fails too, and is named.
        """
        try:
            territory = self.gazetteer.territories[territory_code]
            return draw_shared(self.warehouse, territory, year, languages)
        except Exception:
            return {}

    def make(self, job: Job) -> Result:
        """Make a territory's files."""
        try:
            files = write_sheets(self.warehouse, self.gazetteer, job, self.site)
        except UserError as error:
            return Result(job.territory_code, [], str(error))
        except Exception as error:  # one bad sheet must not cost the others
            return Result(job.territory_code, [], f"{type(error).__name__}: {error}")
        return Result(job.territory_code, files)


_worker: Worker | UserError


def _open_worker(warehouse: Path, site: Path, stamp: tuple) -> None:
    """Open this process's worker, or keep the reason why it cannot be opened."""
    global _worker
    try:
        if _stamp(warehouse) != stamp:
            raise UserError(f"{warehouse} was replaced while the site was being made.")
        _worker = Worker(warehouse, site)
    except UserError as error:
        _worker = error


def _open_worker_of_process(*arguments: Any) -> None:  # noqa: ANN401
    """Open the worker of a process that ends with the one that started it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = threading.Thread(target=_end_with, args=(parent,), daemon=True)
        watch.start()
    # Ctrl-C is for the parent, which then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _open_worker(*arguments)


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _stamp(warehouse: Path) -> tuple:
    """Tell a file from another that took its name."""
    try:
        found = warehouse.stat()
    except OSError as error:
        raise UserError(f"{warehouse} cannot be read ({error.strerror}).") from error
    return found.st_ino, found.st_size, found.st_mtime_ns


def _draw(*arguments: Any) -> Shared:  # noqa: ANN401
    return {} if isinstance(_worker, UserError) else _worker.draw(*arguments)


def _make(job: Job) -> Result:
    if isinstance(_worker, UserError):
        return Result(job.territory_code, [], str(_worker))
    return _worker.make(job)


class WorkerPool:
    """Workers, as many as `processes`; with one, the work is done in this process."""

    def __init__(self, warehouse: Path, site: Path, processes: int) -> None:
        self._opened_with = (warehouse, site, _stamp(warehouse))
        self._processes = processes

    def draw_shared(
        self, codes: list[str], year: int, languages: tuple[LanguageCode, ...]
    ) -> dict[str, Shared]:
        """Draw the figures that many sheets share: territory → its figures."""
        drawn = self._run(
            _draw,
            {
                territory_code: (territory_code, year, languages)
                for territory_code in codes
            },
        )
        return {
            territory_code: shared
            for territory_code, shared in drawn
            if isinstance(shared, dict)
        }

    def make(self, jobs: list[Job]) -> Iterator[Result]:
        """Make territories; results come in the order they are ready."""
        wanted = {job.territory_code: (job,) for job in jobs}
        for territory_code, result in self._run(_make, wanted):
            if isinstance(result, Result):
                yield result
            else:
                yield Result(
                    territory_code, [], f"the process that made it ended: {result}"
                )

    def _run(
        self, work: Callable[..., Any], wanted: dict[str, tuple]
    ) -> Iterator[tuple[str, Any]]:
        if self._processes == 1:
            _open_worker(*self._opened_with)
            for territory_code, arguments in wanted.items():
                result = work(*arguments)
                interruption.check()
                yield territory_code, result
            return
        left = dict(wanted)
        for territory_code, result in self._in_pool(work, left, self._processes):
            if not isinstance(result, BrokenProcessPool):
                del left[territory_code]
                yield territory_code, result
        # A process was ended (too little memory, say). It takes all waiting work with
        # it, so the rest is done one by one: only what ends its process again fails.
        for territory_code, arguments in left.items():
            yield from self._in_pool(work, {territory_code: arguments}, 1)

    def _in_pool(
        self, work: Callable[..., Any], wanted: dict[str, tuple], processes: int
    ) -> Iterator[tuple[str, Any]]:
        with interruption.held():
            pool = ProcessPoolExecutor(
                processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_open_worker_of_process,
                initargs=self._opened_with,
            )
        futures: dict[Future, str] = {}
        try:
            for territory_code, arguments in wanted.items():
                try:
                    with interruption.held():
                        future = pool.submit(work, *arguments)
                except BrokenProcessPool as error:
                    yield territory_code, error
                else:
                    futures[future] = territory_code
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                except BrokenProcessPool as error:
                    yield futures[future], error
        except BaseException:
            # Interrupted: nobody waits for what is still being made.
            with interruption.held():
                for process in multiprocessing.active_children():
                    process.kill()
            raise
        finally:
            with interruption.held():
                pool.shutdown(wait=True, cancel_futures=True)
