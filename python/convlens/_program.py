"""Finds the convlens program, runs its commands, opens its window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any, Mapping, Sequence

__all__ = ["Error", "Window", "program", "run", "window"]


class Error(Exception):
    """What went wrong, and what to do about it."""


def program() -> str:
    """The program: $CONVLENS_PROGRAM, the one installed with this package, or the one on the PATH."""
    named = os.environ.get("CONVLENS_PROGRAM")
    if named:
        found = shutil.which(named)
        if not found:
            raise Error(f"{named}: $CONVLENS_PROGRAM names no program; correct it or unset it")
        return found
    # Of an environment that was not activated, the folder is not on the PATH.
    folders = [str(Path(sys.executable).parent), sysconfig.get_path("scripts")]
    found = shutil.which("convlens", path=os.pathsep.join(folders)) or shutil.which("convlens")
    if not found:
        raise Error(
            "the convlens program was not found; install its wheel with pip, "
            "or set $CONVLENS_PROGRAM to where it is"
        )
    return found


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("convlens: ").removeprefix("error: ") if lines else "the convlens program ended without a word"


def run(
    *arguments: str | os.PathLike[str], called: Mapping[str, str] | None = None, folder: Path | None = None
) -> str:
    """What a command prints, in a folder. `called` are paths that the user has never seen, and what an error calls them instead."""
    command = [program(), *(os.fspath(argument) for argument in arguments)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", cwd=folder)
    except OSError as error:
        raise Error(f"{command[0]}: {error.strerror}; install convlens again") from error
    if done.returncode != 0:
        line = _last_line(done.stderr)
        for path, name in (called or {}).items():
            line = line.replace(path, name)
        raise Error(line)
    return done.stdout


class Window:
    """A window that was opened. It stays open when Python ends."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def wait(self) -> None:
        """Waits until the window is closed."""
        self._process.wait()

    def close(self) -> None:
        """Closes the window."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._process.poll() is None

    def __repr__(self) -> str:
        return f"<convlens window, {'open' if self.is_open else 'closed'}>"


def check_display() -> None:
    """Says what to do where there is no screen to open a window on."""
    if sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    raise Error(
        "there is no display ($DISPLAY and $WAYLAND_DISPLAY are empty), so no window can open here; "
        "use convlens.figure or convlens.maps in the notebook, run this on a desktop, "
        "or train here with Live and open convlens on the desktop with the same folder of runs"
    )


def window(arguments: Sequence[str | os.PathLike[str]], runs: Path | None = None) -> Window:
    """Opens the window, which outlives this process."""
    check_display()
    command = [program(), *(os.fspath(argument) for argument in arguments)]
    environment = dict(os.environ)
    if runs is not None:
        environment["CONVLENS_RUNS"] = str(runs)
    with tempfile.TemporaryFile() as said:
        # In a group of its own, so that an interrupt in the terminal or the notebook leaves it open.
        apart: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=environment,
                **apart,
            )
        except OSError as error:
            raise Error(f"{command[0]}: {error.strerror}; install convlens again") from error
        # What it can't open it says within this time.
        until = time.monotonic() + 1.0
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        if process.returncode not in (None, 0):
            said.seek(0)
            raise Error(_last_line(said.read().decode("utf-8", "replace")))
    return Window(process)
