"""What the tests share: pictures, folders of their own, skips."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from convlens import _folders, _program, _safetensors  # noqa: E402


def lacks(module: str) -> bool:
    return importlib.util.find_spec(module) is None


def pixels(count: int, *shape: int, seed: int = 0) -> np.ndarray:
    """Bytes by chance, black and white among them."""
    made = np.random.default_rng(seed).integers(0, 256, (count, *shape)).astype(np.uint8)
    made.reshape(count, -1)[:, :3], made.reshape(count, -1)[:, 3:6] = 0, 255
    return made


class Case(unittest.TestCase):
    """A test with its own cache and folder of runs."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="convlens-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.runs = self.folder / "runs"
        patch = mock.patch.object(_folders, "cache", lambda: self.folder / "cache")
        patch.start()
        self.addCleanup(patch.stop)

    def close(self, found: Any, expected: Any, within: float = 1e-4) -> None:
        self.assertEqual(np.shape(found), np.shape(expected))
        self.assertLess(float(np.abs(np.asarray(found) - np.asarray(expected)).max()), within)


def manifest(run: Path) -> dict[str, Any]:
    return json.loads((run / "run.json").read_bytes())


def read_by_program(runs: Path) -> list[dict[str, Any]]:
    """The runs of a folder as convlens lists them; none is damaged."""
    told = [json.loads(line) for line in _program.run("runs", "--runs", runs, "--json").splitlines()]
    damaged = runs / "damaged"
    assert not damaged.exists(), list(damaged.iterdir())
    return told


def curve(run: Path) -> np.ndarray:
    """Batch, loss and accuracy of each whole line."""
    text = (run / "curve.csv").read_text()
    head, *lines = text[: text.rindex("\n")].split("\n")
    assert head == "batch,loss,accuracy", head
    return np.array([[float(number) for number in line.split(",")] for line in lines]).reshape(-1, 3)


def checkpoints(run: Path) -> dict[int, Path]:
    """The files of weights by their steps, each of which is whole."""
    found = {int(path.stem): path for path in sorted((run / "checkpoints").glob("[0-9]*.safetensors"))}
    for path in found.values():
        tensors, metadata = _safetensors.read(path)
        assert json.loads(metadata["convlens.network"]) and tensors
    return found
