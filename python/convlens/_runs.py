"""A run's folder, written while another program trains. docs/run-folder.md has the format."""

from __future__ import annotations

import atexit
import collections
import json
import os
import secrets
import shutil
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import IO, Any, Callable, Mapping, Sequence

import numpy as np

from . import _folders
from ._network import Network

__all__ = ["Run", "one_line"]

# Seconds between two writings.
_EVERY = 1.0
# Share of the training's time that weights may cost, and seconds that they may cost at once, so that the first batches are seen.
_SHARE, _GRANT = 0.01, 0.05
_MOST_LINES = 131_072
_MOST_CHECKPOINTS, _FEWEST, _MOST_BYTES = 48, 6, 64 << 20
# As many as the window has.
_COLOURS = 12


def one_line(text: str, most: int = 120) -> str:
    """The text on one line, not longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], wait: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes], wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def _unlock(file: IO[bytes]) -> None:
        # Also for processes that were forked meanwhile, which have the same open file.
        fcntl.flock(file, fcntl.LOCK_UN)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) >= 4 else 0


def _published(root: Path, new: Path, name: str) -> Path:
    """Gives a prepared run the next number and a name that no other run has."""
    with open(root / "turn.lock", "ab") as turn:
        try:
            _lock(turn, wait=True)
        except OSError:
            # A network folder without locks: the rename below still decides.
            pass
        taken, names, colours = [0], set(), [0] * _COLOURS
        for folder in (root, root / "trash", root / "damaged"):
            entries = list(os.scandir(folder)) if folder.is_dir() else []
            taken += [_number(entry.name) for entry in entries]
            for entry in entries if folder == root else []:
                try:
                    notes = json.loads((Path(entry.path) / "notes.json").read_bytes())
                    names.add(notes["name"])
                    colours[notes["colour"] % _COLOURS] += 1
                except (OSError, ValueError, KeyError, TypeError):
                    continue
        free, number = name, 1
        while free in names:
            number += 1
            free = f"{name} ({number})"
        notes = {"name": free, "colour": colours.index(min(colours))}
        (new / "notes.json").write_text(json.dumps(notes), encoding="utf-8")
        number = max(taken) + 1
        while True:
            folder = root / f"{number:04}"
            try:
                # An empty folder would be replaced.
                if not folder.exists():
                    os.rename(new, folder)
                    return folder
            except OSError:
                if not folder.exists():
                    raise
            number += 1


class Run:
    """A run under way. Its methods cost the training little: a thread does the writing."""

    def __init__(
        self,
        network: Network,
        first: np.ndarray,
        *,
        name: str,
        program: str,
        settings: str,
        epochs: int,
        batch_size: int,
        images: int,
        data: Mapping[str, Any] | None = None,
        root: str | os.PathLike[str] | None = None,
        began: float | None = None,
        is_alive: Callable[[], bool] = lambda: True,
    ) -> None:
        self.root = Path(root).absolute() if root is not None else _folders.runs()
        self._network = network
        self._manifest: dict[str, Any] = {
            "format": 2,
            "trained_by": {"program": one_line(program), "settings": one_line(settings)},
            "config": {"network": network.spec, "epochs": epochs, "batch_size": batch_size},
            "images_per_epoch": images,
            "status": "training",
            "created_unix_secs": int(time.time()),
            **({"data": dict(data)} if data is not None else {}),
            "epochs": [],
        }
        # Whether the training set is known by what an epoch takes of it alone.
        self._counts_training = data is not None and data["sha256"] is None
        self._batches = max(1, -(-images // batch_size))
        size = 4 * sum(places.size for places in network.places.values()) + 4096
        most = min(_MOST_CHECKPOINTS, max(_FEWEST, _MOST_BYTES // size)) - 1
        early = [step for step in [0, *(1 << bit for bit in range(40))] if step < self._batches]
        self._early = early[:: -(-len(early) // max(1, most // 3))]
        # Copies that may wait to be written.
        self._most_waiting = most
        self._most_epochs = most - len(self._early)
        # Steps with weights on disk, and whether each is the end of an epoch.
        self._kept: dict[int, bool] = {}
        self._ends: list[int] = []
        self._line, self._lines = 1, 0
        self._points: collections.deque[tuple[int, Any, Any]] = collections.deque()
        self._waiting: list[tuple[int, np.ndarray, bool]] = []
        self._is_changed = False
        # The newest weights taken, written or not.
        self._newest = 0
        self._began = time.perf_counter() if began is None else began
        self._cost = 0.0
        self._is_alive = is_alive
        # Taken by whoever changes what waits, and by whoever writes.
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._over = threading.Event()
        self._fault: str | None = None
        self._process = os.getpid()

        self.root.mkdir(parents=True, exist_ok=True)
        new = self.root / f".new-{secrets.token_hex(6)}"
        try:
            (new / "checkpoints").mkdir(parents=True)
            self.folder = new
            self._write_manifest()
            (new / "curve.csv").write_bytes(b"batch,loss,accuracy\n")
            self._write_weights(0, first, False)
            self._held: IO[bytes] | None = None
            if sys.platform != "win32":
                self._hold(new)
            self.folder = _published(self.root, new, one_line(name, 60))
            # Windows moves no folder with an open file in it.
            if sys.platform == "win32":
                self._hold(self.folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        self._thread = threading.Thread(target=self._write_on, name="convlens", daemon=True)
        self._thread.start()
        atexit.register(self.abandon)

    def _hold(self, folder: Path) -> None:
        self._held = open(folder / "run.lock", "ab")
        try:
            _lock(self._held, wait=False)
        except OSError as error:
            warnings.warn(f"{folder}: {error}; without a lock the window takes the run for an interrupted one", stacklevel=2)

    # What the training calls.

    def point(self, batch: int, loss: Any, accuracy: Any) -> None:
        """Loss and accuracy of a batch, counted from 1. What is not yet a number becomes one when it is written."""
        self._points.append((batch, loss, accuracy))

    def spent(self, seconds: float) -> None:
        """So much of the training's time went into keeping it."""
        self._cost += seconds

    def wants(self, step: int, is_end: bool = False) -> bool:
        """Whether the weights behind so many batches are to be kept, and there is time for it."""
        if not (is_end or step in self._early) or step <= self._newest:
            return False
        allowed = _GRANT + _SHARE * (time.perf_counter() - self._began)
        return self._cost <= allowed and len(self._waiting) < self._most_waiting

    def weights(self, step: int, values: np.ndarray, is_end: bool = False) -> None:
        """The weights behind so many batches."""
        self._newest = step
        with self._guard:
            self._waiting.append((step, values, is_end))

    def epoch(self, numbers: Mapping[str, Any], images: int | None = None) -> None:
        """The numbers of an epoch that is over."""
        with self._guard:
            plain = {key: _plain(value) for key, value in numbers.items() if value is not None}
            self._manifest["epochs"].append({key: value for key, value in plain.items() if value is not None})
            if images:
                self._manifest["images_per_epoch"] = images
                if self._counts_training:
                    self._manifest["data"]["train"] = images
            self._is_changed = True

    @property
    def is_over(self) -> bool:
        """Whether it has been closed."""
        return self._over.is_set()

    def close(self, status: str, error: str | None = None, last: tuple[int, np.ndarray] | None = None) -> None:
        """Writes what is left, with the weights at the end, and lets go of the run."""
        if self._over.is_set():
            return
        self._over.set()
        atexit.unregister(self.abandon)
        if self._thread is not threading.current_thread():
            self._thread.join()
        if last is not None and last[0] > self._newest:
            self.weights(*last)
        with self._guard:
            self._manifest["status"] = status
            if error is not None:
                self._manifest["error"] = one_line(error)
            self._is_changed = True
        self._write()
        if self._held is not None:
            try:
                _unlock(self._held)
            except OSError:
                pass
            self._held.close()

    def abandon(self) -> None:
        """Closes a run whose training was left without a word: by an interrupt, an error, or the end of Python."""
        if os.getpid() != self._process:
            # A fork of the process that trains.
            return
        # What the interpreter, or the notebook, has said last.
        error = getattr(sys, "last_value", None)
        if error is None or isinstance(error, (KeyboardInterrupt, SystemExit)):
            self.close("stopped")
        else:
            self.close("failed", f"{type(error).__name__}: {error}")

    # What the thread does.

    def _write_on(self) -> None:
        while not self._over.wait(_EVERY):
            before = time.thread_time()
            self._write()
            self._cost += time.thread_time() - before
            if not self._is_alive():
                self.abandon()

    def _write(self) -> None:
        if self._fault is not None:
            self._points.clear()
            self._waiting.clear()
            return
        try:
            with self._writing:
                self._write_points()
                while self._waiting:
                    # Stays in the list while it is written, so that no more are taken meanwhile.
                    step, values, is_end = self._waiting[0]
                    self._write_weights(step, values, is_end)
                    self._waiting.pop(0)
                if self._is_changed:
                    self._is_changed = False
                    self._write_manifest()
        except Exception as error:  # noqa: BLE001, whatever it is, the training goes on
            self._fault = f"{self.folder}: {error}; the training goes on, but is not kept any further"
            warnings.warn(self._fault, stacklevel=2)

    def _write_points(self) -> None:
        lines = []
        # One by one, as the training puts others behind them meanwhile.
        for _ in range(len(self._points)):
            batch, loss, accuracy = self._points.popleft()
            if batch % self._line == 0 and np.isfinite(loss := float(loss)):
                lines.append(f"{batch},{loss:.7g},{float(accuracy):.7g}\n".encode())
        if not lines:
            return
        path = self.folder / "curve.csv"
        with open(path, "ab") as file:
            file.write(b"".join(lines))
        self._lines += len(lines)
        while self._lines > _MOST_LINES:
            self._line *= 2
            head, *old = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in old if int(line.split(b",")[0]) % self._line == 0]
            _folders.replace(path, b"".join([head, *kept]))
            self._lines = len(kept)

    def _write_manifest(self) -> None:
        with self._guard:
            text = json.dumps(self._manifest, allow_nan=False, indent=1)
        _folders.replace(self.folder / "run.json", text.encode())

    def _write_weights(self, step: int, values: np.ndarray, is_end: bool) -> None:
        if not np.isfinite(values).all():
            # No program opens weights that are not finite.
            return
        folder = self.folder / "checkpoints"
        _folders.replace(folder / f"{step:010}.safetensors", self._network.file(values))
        self._kept[step] = is_end
        if not is_end and step not in self._early:
            return
        # Ends of epochs are thinned to every second, fourth, … one; the newest stays.
        self._ends += [step] if is_end else []
        every = 1
        while len(self._ends) // every > self._most_epochs:
            every *= 2
        stale = [end for number, end in enumerate(self._ends[:-1], 1) if number % every and end in self._kept]
        for end in stale:
            (folder / f"{end:010}.safetensors").unlink(missing_ok=True)
            del self._kept[end]


def _plain(value: Any) -> Any:
    """A number as JSON has it, which knows none that is not finite."""
    if isinstance(value, int):
        return value
    number = float(value)
    return number if np.isfinite(number) else None


def data(folder: Path, sha256: str | None, train: int, test: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    """What a run says of its pictures."""
    count, height, width, channels = test.shape
    return {
        "folder": str(folder),
        "train": train,
        "test": count,
        "classes": list(names),
        "sha256": sha256,
        "pictures": {"height": height, "width": width, "channels": channels},
    }
