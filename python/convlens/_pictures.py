"""Pictures as a model is given them, as bytes and in IDX files."""

from __future__ import annotations

import hashlib
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Sequence, Tuple, Union

import numpy as np

from . import _folders
from ._program import Error

__all__ = ["Normalization", "Pixels", "array", "bytes_of", "class_names", "labels_of", "pixels", "save", "written"]

Normalization = Tuple[Union[float, Sequence[float]], Union[float, Sequence[float]]]

_REMEDY = (
    "say how they were made with normalization=(mean, deviation) of pixels from 0 to 1, "
    "a number each or one a channel, or pass the pictures as bytes"
)
_MOST_BYTES = 1 << 30
_MOST_PICTURES = 1_000_000
# Pictures worked on at once.
_CHUNK = 1024


@dataclass(frozen=True)
class Pixels:
    """How a model's pictures were made of bytes p: (p/255 − mean) / deviation, channel by channel."""

    mean: np.ndarray
    deviation: np.ndarray
    # In words.
    found: str


def array(given: Any) -> np.ndarray:
    """An array of any framework as one of NumPy."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
    return np.asarray(given)


def _channels_last(pictures: np.ndarray, size: tuple[int, int, int]) -> np.ndarray:
    """(n, height, width, channels) of any order that people have."""
    height, width, channels = size
    shape = pictures.shape[1:]
    if shape == (height, width, channels):
        return pictures
    if shape == (channels, height, width):
        return np.moveaxis(pictures, 1, -1)
    if channels == 1 and shape in [(height, width), (height * width,)]:
        return pictures.reshape(-1, height, width, 1)
    raise Error(
        f"pictures of shape {pictures.shape}: the model takes {height}×{width} with {channels} "
        f"channel{'s' if channels > 1 else ''}; pass an array of (n, {height}, {width}"
        f"{f', {channels})' if channels > 1 else f') or (n, {height}, {width}, 1)'} or (n, {channels}, {height}, {width})"
    )


def _chunks(parts: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """The pictures some at a time, so that what is worked out of them takes little memory."""
    for part in parts:
        for start in range(0, len(part), _CHUNK):
            yield part[start : start + _CHUNK]


def _are_bytes(values: np.ndarray, slack: float) -> bool:
    """Whether the values are whole numbers from 0 to 255."""
    whole = np.rint(values)
    return bool((np.abs(values - whole) <= slack).all() and (whole >= 0).all() and (whole <= 255).all())


def _levels(parts: Sequence[np.ndarray]) -> tuple[float, float] | None:
    """Mean and deviation of values whose lowest is pixel 0 and whose highest is 255, if all others then are whole pixels."""
    low, high = float(min(part.min() for part in parts)), float(max(part.max() for part in parts))
    if not high > low:
        return None
    step = (high - low) / 255
    slack = 0.01 + 8 * max(float(np.finfo(part.dtype).eps) for part in parts) * max(abs(low), abs(high)) / step
    # Within half a step anything would fit.
    if slack > 0.4 or not all(_are_bytes((chunk - low) / step, slack) for chunk in _chunks(parts)):
        return None
    # (p/255 − mean) / deviation is low at p = 0 and high at p = 255.
    deviation = 1 / (high - low)
    return -low * deviation, deviation


def pixels(parts: Sequence[np.ndarray], normalization: Normalization | None) -> Pixels:
    """How these pictures, channels last, were made."""
    channels = parts[0].shape[-1]
    if normalization is not None:
        try:
            mean, deviation = (np.broadcast_to(np.asarray(each, np.float64), channels) for each in normalization)
        except ValueError as error:
            raise Error(f"normalization={normalization}: give (mean, deviation), a number each or {channels}") from error
        if not (np.isfinite(mean).all() and np.isfinite(deviation).all() and (deviation != 0).all()):
            raise Error(f"normalization={normalization}: no finite numbers and deviations other than 0; correct it")
        return Pixels(mean, deviation, "as normalization says")
    one = np.ones(channels)
    of_bytes = Pixels(0 * one, one / 255, "bytes from 0 to 255")
    if all(np.issubdtype(part.dtype, np.integer) for part in parts):
        if all(part.min() >= 0 and part.max() <= 255 for part in parts):
            return of_bytes
        raise Error(f"whole pixels that are not from 0 to 255; {_REMEDY}")
    parts = [part if np.issubdtype(part.dtype, np.floating) else part.astype(np.float32) for part in parts]
    if not all(np.isfinite(part).all() for part in parts):
        raise Error("pictures with values that are not finite; replace them before the model is given them")
    low, high = min(part.min() for part in parts), max(part.max() for part in parts)
    if low >= 0 and high <= 1:
        return Pixels(0 * one, one, "from 0 to 1")
    if all(_are_bytes(chunk, 0.0) for chunk in _chunks(parts)):
        return of_bytes
    for whole in (True, False):
        ways = [
            _levels([part if whole else part[..., channel] for part in parts])
            for channel in range(1 if whole else channels)
        ]
        solved = [way for way in ways if way is not None]
        if len(solved) == len(ways):
            mean = np.broadcast_to([way[0] for way in solved], channels)
            deviation = np.broadcast_to([way[1] for way in solved], channels)
            numbers = [", ".join(f"{number:.4g}" for number, _ in zip(each, ways)) for each in (mean, deviation)]
            return Pixels(mean, deviation, f"standardised with mean {numbers[0]} and deviation {numbers[1]}")
    raise Error(f"pictures from {low:.4g} to {high:.4g} are neither bytes nor from 0 to 1 nor bytes that were standardised; {_REMEDY}")


def bytes_of(
    given: Sequence[Any], size: tuple[int, int, int], normalization: Normalization | None
) -> tuple[list[np.ndarray], Pixels]:
    """Pictures as bytes (n, height, width, channels), and how the model's were made of them."""
    parts = [_channels_last(array(pictures), size) for pictures in given]
    for part in parts:
        if not len(part):
            raise Error("no pictures; pass one at least")
        if len(part) > _MOST_PICTURES or sum(part.size for part in parts) > _MOST_BYTES:
            raise Error(f"{len(part):,} pictures are too many; pass at most {_MOST_PICTURES:,} that take 1 GB as bytes")
    made = pixels(parts, normalization)
    done = []
    for part in parts:
        if np.issubdtype(part.dtype, np.integer) and normalization is None:
            done.append(part.astype(np.uint8))
            continue
        whole, off = np.empty(part.shape, np.uint8), 0.0
        deviation, mean = (each.astype(np.float32) for each in (made.deviation, made.mean))
        for start in range(0, len(part), _CHUNK):
            values = (part[start : start + _CHUNK] * deviation + mean) * 255
            rounded = np.rint(values)
            if not ((rounded >= 0) & (rounded <= 255)).all():
                low, high = float(values.min()), float(values.max())
                raise Error(f"pictures that, {made.found}, would be from {low:.4g} to {high:.4g} of 255; {_REMEDY}")
            off = max(off, float(np.abs(values - rounded).max()))
            whole[start : start + _CHUNK] = rounded
        if off > 0.1 and part.dtype != np.float16:
            warnings.warn("the pictures have finer shades than 256, to which convlens rounds them", stacklevel=4)
        done.append(whole)
    return done, made


def labels_of(given: Any, count: int, classes: int) -> np.ndarray:
    """Labels as bytes, of numbers (n,) or (n, 1) or of a one for the class (n, classes)."""
    labels = array(given)
    if labels.ndim == 2 and labels.shape[1] == classes and classes > 1:
        if not ((labels == 0) | (labels == 1)).all() or (labels.sum(1) != 1).any():
            raise Error("labels with a column for each class, but not a single 1 in each row; pass the numbers of the classes")
        labels = labels.argmax(1)
    elif labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != count:
        raise Error(f"labels of shape {array(given).shape} for {count} pictures; pass ({count},), ({count}, 1) or ({count}, {classes})")
    if (labels != np.rint(labels)).any() or labels.min() < 0 or labels.max() >= classes:
        raise Error(f"labels from {labels.min()} to {labels.max()}, but the model tells {classes} classes apart; pass whole numbers from 0 to {classes - 1}")
    return labels.astype(np.uint8)


def class_names(names: Sequence[str] | None, classes: int) -> list[str]:
    """What the classes are called; by numbers where nobody says it."""
    if names is None:
        return [str(number) for number in range(classes)]
    if len(names) != classes:
        raise Error(f"{len(names)} class_names, but the model tells {classes} classes apart; name as many")
    # One a line.
    return [" ".join(str(name).split()) or str(number) for number, name in enumerate(names)]


Part = Tuple[np.ndarray, np.ndarray]


def written(folder: Path, test: Part, train: Part | None, names: Sequence[str]) -> Path:
    """Writes IDX files and `classes.txt` into a new folder or an empty one."""
    folder.mkdir(exist_ok=True)
    (folder / "classes.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    for prefix, part in (("t10k", test), ("train", train)):
        if part is None:
            continue
        images, labels = part
        # Grey pictures have three dimensions.
        shape = images.shape[:3] if images.shape[3] == 1 else images.shape
        for kind, dimensions, content in (("images-idx3", shape, images), ("labels-idx1", labels.shape, labels)):
            with open(folder / f"{prefix}-{kind}-ubyte", "wb") as file:
                file.write(struct.pack(f">{1 + len(dimensions)}I", 0x0800 + len(dimensions), *dimensions))
                file.write(content.tobytes())
    return folder


def save(test: Part, train: Part | None, names: Sequence[str]) -> tuple[Path, str | None]:
    """A folder of IDX files below the cache, and the SHA-256 of all pictures and labels, if there is a training set."""
    digest = hashlib.sha256()
    for images, labels in (train, test) if train is not None else (test,):
        digest.update(struct.pack("<Q", len(images)))
        digest.update(images.tobytes())
        digest.update(labels.tobytes())
    sha256 = digest.hexdigest() if train is not None else None
    digest.update("\n".join(names).encode())
    # The window calls data by the last part.
    folder = _folders.cache() / "data" / digest.hexdigest()[:16] / "notebook"
    return _folders.made_whole(folder, lambda new: written(new, test, train, names)), sha256
