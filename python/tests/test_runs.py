"""A run's folder: what stands in it, and what is left of it when its writer dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

import numpy as np

try:
    import fcntl
except ImportError as error:
    raise unittest.SkipTest("the tests look at locks as Linux and macOS have them") from error

from .common import Case, checkpoints, curve, manifest, read_by_program

from convlens import _runs
from convlens._network import Network

SPEC = {"layers": [], "classes": 2, "input": {"height": 8, "width": 8, "channels": 1}}
COUNT = 2 * 64 + 2


def network() -> Network:
    places = {"dense1.weight": np.arange(2, 130).reshape(2, 64), "dense1.bias": np.arange(130, 132)}
    return Network(dict(SPEC), places, lambda: np.zeros(COUNT + 2, np.float32))


def run(root: Path, **changes: object) -> _runs.Run:
    settings = {"name": "test", "program": "a test", "settings": "", "epochs": 2, "batch_size": 10, "images": 95}
    return _runs.Run(network(), np.zeros(COUNT + 2, np.float32), root=root, **{**settings, **changes})  # type: ignore[arg-type]


def is_locked(folder: Path) -> bool:
    with open(folder / "run.lock", "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


# Trains until it is killed.
WRITER = """
import sys, time
from tests.test_runs import run, COUNT
import numpy as np
from convlens import _runs
_runs._EVERY = 0.005
made = run(sys.argv[1], epochs=10**5)
print(made.folder, flush=True)
step = 0
while True:
    for _ in range(10):
        step += 1
        made.point(step, 1 / step, 0.5)
        time.sleep(0.0005)
    made.epoch({"epoch": step // 10, "images": 95, "seconds": 0.1, "train_loss": 0.1, "train_accuracy": 0.9}, 95)
    if len(made._waiting) < 2:
        made.weights(step, np.full(COUNT + 2, step, np.float32), True)
"""


class Runs(Case):
    def test_a_run_appears_whole_and_is_locked_until_it_ends(self) -> None:
        made = run(self.runs)
        self.assertEqual(made.folder, self.runs / "0001")
        self.assertEqual(manifest(made.folder)["status"], "training")
        self.assertTrue(is_locked(made.folder))
        self.assertEqual(list(checkpoints(made.folder)), [0])
        for batch in range(1, 11):
            made.point(batch, 2.0 / batch, 0.1)
        made.epoch({"epoch": 1, "images": 95, "test_loss": None, "train_loss": float("nan"), "train_accuracy": np.float32(0.5)}, 95)
        made.close("finished", last=(10, np.arange(COUNT + 2, dtype=np.float32)))
        self.assertFalse(is_locked(made.folder))
        told = manifest(made.folder)
        self.assertEqual((told["format"], told["status"], told["images_per_epoch"]), (2, "finished", 95))
        self.assertEqual(told["epochs"], [{"epoch": 1, "images": 95, "train_accuracy": 0.5}])
        np.testing.assert_allclose(curve(made.folder), [[n, 2 / n, 0.1] for n in range(1, 11)], rtol=1e-6)
        self.assertEqual(list(checkpoints(made.folder)), [0, 10])
        # Of folders that were prepared or files that were replaced nothing is left.
        self.assertEqual(sorted(os.listdir(self.runs)), ["0001", "turn.lock"])
        self.assertEqual(sorted(os.listdir(made.folder)), ["checkpoints", "curve.csv", "notes.json", "run.json", "run.lock"])

    def test_numbers_and_names_are_new(self) -> None:
        (self.runs / "trash" / "0007").mkdir(parents=True)
        first, second = run(self.runs), run(self.runs)
        self.assertEqual([first.folder.name, second.folder.name], ["0008", "0009"])
        self.assertIn('"test (2)"', (second.folder / "notes.json").read_text())
        first.close("stopped")
        second.close("failed", "two\nlines")
        self.assertEqual(manifest(second.folder)["error"], "two lines")

    def test_checkpoints_are_thinned(self) -> None:
        made = run(self.runs, epochs=100)
        for epoch in range(1, 101):
            made.weights(10 * epoch, np.zeros(COUNT + 2, np.float32), True)
            made._write()
        made.close("finished")
        kept = list(checkpoints(made.folder))
        self.assertLessEqual(len(kept), 48)
        self.assertEqual(kept, [0, *range(40, 1001, 40)])

    def test_the_curve_keeps_within_its_lines(self) -> None:
        made = run(self.runs)
        for batch in range(1, 300_001):
            made.point(batch, 0.5, 0.5)
            if batch % 50_000 == 0:
                made._write()
        made.close("finished")
        batches = curve(made.folder)[:, 0]
        self.assertLessEqual(len(batches), 131_072)
        np.testing.assert_array_equal(batches, np.arange(4, 300_001, 4))

    def test_weights_cost_no_more_than_their_share(self) -> None:
        made = run(self.runs, began=time.perf_counter() - 100)
        self.assertTrue(made.wants(1))
        self.assertFalse(made.wants(3))
        self.assertTrue(made.wants(10, is_end=True))
        made.spent(1.0)
        self.assertTrue(made.wants(10, is_end=True))
        made.spent(0.2)
        self.assertFalse(made.wants(10, is_end=True))
        made.close("stopped")

    def test_a_disk_that_fails_leaves_the_training_alone(self) -> None:
        made = run(self.runs)
        (made.folder / "curve.csv").unlink()
        (made.folder / "curve.csv").mkdir()
        made.point(1, 0.5, 0.5)
        with self.assertWarnsRegex(UserWarning, "the training goes on"):
            made._write()
        made.point(2, 0.5, 0.5)
        made.close("finished")

    def test_a_killed_writer_leaves_whole_files(self) -> None:
        chance = random.Random(1)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        for number in range(1, 31):
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(self.runs)], stdout=subprocess.PIPE, text=True, env=environment
            )
            assert writer.stdout is not None
            folder = Path(writer.stdout.readline().strip())
            time.sleep(chance.uniform(0.0, 0.25))
            self.assertTrue(is_locked(folder))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
            self.assertFalse(is_locked(folder))
            told = manifest(folder)
            self.assertEqual(told["status"], "training")
            batches = curve(folder)[:, 0]
            np.testing.assert_array_equal(batches, np.arange(1, len(batches) + 1))
            kept = checkpoints(folder)
            self.assertIn(0, kept)
            self.assertLessEqual(len(kept), 49)
            # convlens reads the same, while others write and after.
            read = read_by_program(self.runs)
            self.assertEqual((len(read), read[-1]["status"]), (number, "interrupted"))
            self.assertEqual(len(read[-1]["epochs"]), len(told["epochs"]))
            self.assertGreaterEqual(read[-1]["step"], len(batches))

    def test_a_run_that_is_left_ends_with_what_the_interpreter_said(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        for ending, status, error in [
            ("", "stopped", None),
            ("raise ValueError('no more')", "failed", "ValueError: no more"),
            ("raise KeyboardInterrupt", "stopped", None),
        ]:
            code = f"from tests.test_runs import run\nmade = run({str(self.runs)!r})\nmade.point(1, 0.5, 0.5)\nprint(made.folder)\n{ending}"
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
            folder = Path(done.stdout.strip())
            told = manifest(folder)
            self.assertEqual((told["status"], told.get("error")), (status, error))
            self.assertEqual(len(curve(folder)), 1)
