"""Pictures as bytes, labels, IDX files."""

from __future__ import annotations

import struct
import warnings

import numpy as np

from .common import Case, pixels

from convlens import Error, _pictures


class Pictures(Case):
    def test_bytes_are_found_again(self) -> None:
        grey, colour = pixels(9, 28, 28, 1), pixels(9, 10, 12, 3)
        unit = (colour / 255).astype(np.float32)
        mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
        for given, expected, size, means, deviations in [
            (grey, grey, (28, 28, 1), 0, 1 / 255),
            (grey[..., 0], grey, (28, 28, 1), 0, 1 / 255),
            (grey.astype(np.float64), grey, (28, 28, 1), 0, 1 / 255),
            (grey[..., 0] / 255, grey, (28, 28, 1), 0, 1),
            (grey.reshape(9, -1) / np.float32(255), grey, (28, 28, 1), 0, 1),
            (np.moveaxis(unit, -1, 1), colour, (10, 12, 3), 0, 1),
            ((unit - 0.5) / np.float32(0.5), colour, (10, 12, 3), 0.5, 0.5),
            (((unit - mean) / deviation).astype(np.float32), colour, (10, 12, 3), mean, deviation),
            (1 - 2 * unit.astype(np.float64), 255 - colour, (10, 12, 3), 0.5, 0.5),
        ]:
            (found,), made = _pictures.bytes_of([given], size, None)
            self.assertEqual(found.dtype, np.uint8)
            np.testing.assert_array_equal(found, expected)
            np.testing.assert_allclose(made.mean, means, atol=1e-5)
            np.testing.assert_allclose(made.deviation, deviations, atol=1e-5)

    def test_test_and_training_pictures_are_solved_together(self) -> None:
        both = pixels(8, 12, 12, 1)
        both[:4] //= 3
        scaled = ((both / 255 - 0.2) / 0.3).astype(np.float32)
        found, _ = _pictures.bytes_of([scaled[:4], scaled[4:]], (12, 12, 1), None)
        np.testing.assert_array_equal(np.concatenate(found), both)

    def test_what_cannot_be_solved_names_the_remedy(self) -> None:
        odd = np.random.default_rng(0).normal(size=(4, 12, 12, 1)).astype(np.float32)
        size = (12, 12, 1)
        for given, normalization, words in [
            (odd, None, "normalization=(mean, deviation)"),
            (odd * np.nan, None, "not finite"),
            (odd, (0, 1), "normalization=(mean, deviation)"),
            (odd, (0, 0), "deviations other than 0"),
            (odd, ((0, 1), 1), "a number each or 1"),
            (odd[:, :11], None, "(4, 11, 12, 1)"),
            (odd[:0], None, "one at least"),
            (np.full((2, 12, 12), 256), None, "not from 0 to 255"),
        ]:
            with self.assertRaises(Error) as raised:
                _pictures.bytes_of([given], size, normalization)
            self.assertIn(words, str(raised.exception))

    def test_finer_shades_are_rounded_with_a_warning(self) -> None:
        fine = np.random.default_rng(0).random((4, 12, 12)).astype(np.float32)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            (found,), _ = _pictures.bytes_of([fine], (12, 12, 1), None)
        self.assertIn("finer shades", str(said[0].message))
        np.testing.assert_array_equal(found[..., 0], np.rint(fine * 255))

    def test_labels_of_all_forms(self) -> None:
        expected = np.array([2, 0, 1, 2], np.uint8)
        for given in (expected, [2, 0, 1, 2], expected[:, None], np.eye(3)[expected], expected.astype(np.float32)):
            np.testing.assert_array_equal(_pictures.labels_of(given, 4, 3), expected)
        for given, words in [
            ([0, 1, 2], "for 4 pictures"),
            ([0, 1, 2, 3], "0 to 2"),
            ([0, 1, 2, -1], "0 to 2"),
            ([0, 1, 2, 0.5], "whole numbers"),
            (np.ones((4, 3)), "a single 1"),
        ]:
            with self.assertRaises(Error) as raised:
                _pictures.labels_of(given, 4, 3)
            self.assertIn(words, str(raised.exception))

    def test_a_folder_is_written_once_and_named_by_its_content(self) -> None:
        part = (pixels(5, 9, 8, 3), np.array([0, 1, 0, 1, 1], np.uint8))
        folder, sha256 = _pictures.save(part, None, ["a", "b"])
        self.assertIsNone(sha256)
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["classes.txt", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"])
        images = (folder / "t10k-images-idx3-ubyte").read_bytes()
        self.assertEqual(struct.unpack(">5I", images[:20]), (0x804, 5, 9, 8, 3))
        self.assertEqual(images[20:], part[0].tobytes())
        before = folder.stat().st_mtime_ns
        self.assertEqual(_pictures.save(part, None, ["a", "b"])[0], folder)
        self.assertEqual(folder.stat().st_mtime_ns, before)
        other, sha256 = _pictures.save(part, part, ["a", "b"])
        self.assertNotEqual(other, folder)
        self.assertEqual(len(sha256 or ""), 64)
