"""The program found, started, missing; the window without a display and on one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from .common import Case

from convlens import Error, _program


class Program(Case):
    def test_where_it_is_looked_for(self) -> None:
        beside = self.folder / "bin"
        beside.mkdir()
        made = beside / ("convlens.exe" if os.name == "nt" else "convlens")
        made.write_text("#!/bin/sh\necho found; echo 'a remark' >&2; echo 'convlens: what.file: a fault; a remedy' >&2; exit $1\n")
        made.chmod(0o755)
        with mock.patch.dict(os.environ, {"CONVLENS_PROGRAM": "", "PATH": ""}):
            with mock.patch.object(sys, "executable", str(beside / "python")):
                self.assertEqual(_program.program(), str(made))
            with mock.patch("sysconfig.get_path", lambda name: str(self.folder)):
                with self.assertRaisesRegex(Error, "not found; install its wheel with pip"):
                    _program.program()
                os.environ["PATH"] = str(beside)
                self.assertEqual(_program.program(), str(made))
            os.environ["CONVLENS_PROGRAM"] = str(self.folder / "nothing")
            with self.assertRaisesRegex(Error, "nothing: \\$CONVLENS_PROGRAM names no program; correct it"):
                _program.program()
            os.environ["CONVLENS_PROGRAM"] = str(made)
            self.assertEqual(_program.run("0"), "found\n")
            with self.assertRaisesRegex(Error, "^the model: a fault; a remedy$"):
                _program.run("1", called={"what.file": "the model"})

    def test_without_a_display_it_says_what_to_do(self) -> None:
        if sys.platform in ("win32", "darwin"):
            self.skipTest("here is always a display")
        with mock.patch.dict(os.environ, {"DISPLAY": "", "WAYLAND_DISPLAY": ""}):
            with self.assertRaisesRegex(Error, "no display .*; use convlens.figure or convlens.maps"):
                _program.window([])

    def test_a_window_is_waited_for_and_closed(self) -> None:
        stand_in = self.folder / "convlens"
        stand_in.write_text('#!/bin/sh\nif [ "$1" = bad ]; then echo "convlens: bad: no such file" >&2; exit 1; fi\nexec sleep 30\n')
        stand_in.chmod(0o755)
        with mock.patch.dict(os.environ, {"DISPLAY": ":0", "CONVLENS_PROGRAM": str(stand_in)}):
            opened = _program.window(["model", "--data", "x"])
            self.assertTrue(opened.is_open)
            opened.close()
            self.assertFalse(opened.is_open)
            opened.wait()
            with self.assertRaisesRegex(Error, "^bad: no such file$"):
                _program.window(["bad"])

    def test_neither_framework_is_needed_to_import_it(self) -> None:
        code = "import sys, convlens; assert not {'keras', 'torch', 'tensorflow'} & set(sys.modules); convlens.maps(1, [[[0]]])"
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env=environment)
        self.assertIn("convlens._program.Error: a int is no model of Keras or PyTorch; give a keras.Model", done.stderr)
