"""Folders of the user, as the program has them, and files that are whole or not there."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import Callable

__all__ = ["cache", "made_whole", "replace", "runs"]


def _base(variable: str, linux: str, mac: str) -> Path:
    home = Path.home()
    if sys.platform == "win32":
        windows = "LOCALAPPDATA" if variable == "XDG_CACHE_HOME" else "APPDATA"
        default = home / "AppData" / ("Local" if windows == "LOCALAPPDATA" else "Roaming")
        return Path(os.environ.get(windows) or default)
    if sys.platform == "darwin":
        return home / mac
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else home / linux


def cache() -> Path:
    """Where pictures and networks are put that the program is to open. All of it may be deleted."""
    return _base("XDG_CACHE_HOME", ".cache", "Library/Caches") / "convlens" / "python"


def runs() -> Path:
    """The folder of runs: $CONVLENS_RUNS, or where the program has it."""
    named = os.environ.get("CONVLENS_RUNS")
    if named:
        return Path(named).absolute()
    return _base("XDG_DATA_HOME", ".local/share", "Library/Application Support") / "convlens" / "runs"


def replace(path: Path, content: bytes) -> None:
    """Writes a file beside its place and then puts it there, so that a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def made_whole(folder: Path, fill: Callable[[Path], object]) -> Path:
    """The folder, filled if it is not there yet. It appears with all that is in it, or not at all."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".new-{secrets.token_hex(6)}")
    beside.mkdir()
    try:
        fill(beside)
        try:
            os.rename(beside, folder)
        except OSError:
            # Another process was faster: the same name is the same content.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder
