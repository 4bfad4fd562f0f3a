"""convlens for Python: a look inside a CNN of Keras or PyTorch.

>>> import convlens
>>> convlens.show(model, x_test, y_test, class_names=names)  # the window
>>> convlens.figure(model, x_test[:3], y_test[:3])            # the figure in a notebook
>>> convlens.maps(model, x_test[:3])["conv1"].shape           # arrays
(3, 64, 26, 26)

`convlens.keras.Live` and `convlens.torch.Live` let the window follow a training.
"""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
from pathlib import Path
from typing import Any, Callable, Sequence

import numpy as np

from . import _models, _pictures
from ._network import Network
from ._pictures import Normalization
from ._program import Error, Window, check_display, program, run, window

__all__ = ["Error", "Figure", "Normalization", "Window", "figure", "maps", "program", "show"]

try:
    __version__ = importlib.metadata.version("convlens")
except importlib.metadata.PackageNotFoundError:
    # From its sources.
    __version__ = "0"

# Pictures that one command is given: their maps are kept in memory until it ends.
_AT_ONCE = 256
# Pictures of one figure.
_MOST_ROWS = 12


def _prepared(
    model: Any, images: Sequence[Any], normalization: Normalization | None
) -> tuple[Network, list[np.ndarray], Path]:
    """The network, the pictures as bytes, and the file of weights."""
    arrays = [_pictures.array(part) for part in images]
    network = _models.of(model, arrays[0].shape[1:])
    pictures, pixels = _pictures.bytes_of(arrays, network.picture, normalization)
    network.normalized(pixels.mean, pixels.deviation)
    return network, pictures, _models.saved(network, _models.name_of(model))


def show(
    model: Any,
    x_test: Any,
    y_test: Any,
    class_names: Sequence[str] | None = None,
    *,
    x_train: Any = None,
    y_train: Any = None,
    normalization: Normalization | None = None,
    block: bool = False,
) -> Window:
    """Opens the window on a model of Keras or PyTorch and its own pictures.

    The pictures are those that the model is given: bytes, numbers from 0 to 1, or standardised ones; how they were made is found out, or
    said with `normalization=(mean, deviation)` of pixels from 0 to 1. With `x_train` and `y_train` the window can train, too. The window
    shows the weights of now and stays open when Python ends; `block` waits until it is closed.
    """
    check_display()
    if (x_train is None) != (y_train is None):
        raise Error("x_train without y_train, or the other way; pass both or neither")
    given = [x_test] if x_train is None else [x_test, x_train]
    network, pictures, file = _prepared(model, given, normalization)
    names = _pictures.class_names(class_names, network.classes)
    labels = [
        _pictures.labels_of(y, len(part), network.classes) for y, part in zip([y_test, y_train], pictures)
    ]
    parts = list(zip(pictures, labels))
    data, _ = _pictures.save(parts[0], parts[1] if len(parts) > 1 else None, names)
    opened = window([file, "--data", data])
    if block:
        opened.wait()
    return opened


def _folder(folder: Path, pictures: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> Path:
    """The pictures as a data set for one command, the same for training and testing."""
    part = (pictures, labels)
    return _pictures.written(folder, part, part, names)


def maps(
    model: Any,
    images: Any,
    layers: Sequence[str] | str | None = None,
    *,
    normalization: Normalization | None = None,
) -> dict[str, np.ndarray]:
    """The feature maps of images: for each layer an array (images, channels, height, width), and `probabilities` (images, classes).

    Layers are named as in the window: `conv1`, `pool1`, … Their maps are those after the activation. `layers` chooses some.
    The pictures are as in `show`.
    """
    network, (pictures,), file = _prepared(model, [images], normalization)
    wanted = [layers] if isinstance(layers, str) else layers
    found: list[dict[str, np.ndarray]] = []
    names = _pictures.class_names(None, network.classes)
    for start in range(0, len(pictures), _AT_ONCE):
        some = pictures[start : start + _AT_ONCE]
        with tempfile.TemporaryDirectory(prefix="convlens-") as temporary:
            folder = Path(temporary)
            data = _folder(folder / "data", some, np.zeros(len(some), np.uint8), names)
            out = folder / "maps.npz"
            indices = ",".join(map(str, range(len(some))))
            run("maps", file, "--data", data, "--images", indices, "--out", out)
            with np.load(out) as arrays:
                there = [name for name in arrays.files if name not in ("images", "labels", "pixels")]
                for name in wanted or ():
                    if name not in there:
                        raise Error(f"{name}: no layer with maps; the model has {', '.join(sorted(there))}")
                found.append({name: arrays[name] for name in wanted or sorted(there)})
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


class Figure:
    """The figure of the maps of some images. A notebook shows it; `save` writes it as PNG or SVG."""

    def __init__(self, draw: Callable[[Path], None]) -> None:
        self._draw = draw
        with tempfile.TemporaryDirectory(prefix="convlens-") as folder:
            out = Path(folder) / "figure.png"
            draw(out)
            self.png: bytes = out.read_bytes()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file whose ending is `.png` (300 dpi) or `.svg`."""
        self._draw(Path(path))

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        # Made for print: three of its pixels are one of a page's.
        return self.png, {"width": int.from_bytes(self.png[16:20], "big") // 3}


def figure(
    model: Any,
    images: Any,
    labels: Any = None,
    class_names: Sequence[str] | None = None,
    *,
    channel: int = 1,
    range: str = "per-map",  # noqa: A002, the command's own word
    language: str = "en",
    normalization: Normalization | None = None,
) -> Figure:
    """The figure of at most 12 images, a row each: one channel of every convolution and pooling layer.

    `range` says which values the ends of the colours stand for: `per-map`, `per-column` or `per-layer`. `language` is `en` or `es`.
    The pictures are as in `show`.
    """
    count = len(images)
    if count > _MOST_ROWS:
        raise Error(f"{count} images are too many for one figure; pass at most {_MOST_ROWS}")
    network, (pictures,), file = _prepared(model, [images], normalization)
    names = _pictures.class_names(class_names, network.classes)
    if labels is None:
        # Of a class that the model does not have.
        names.append("?")
        classes = np.full(count, network.classes, np.uint8)
    else:
        classes = _pictures.labels_of(labels, count, network.classes)

    def draw(out: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="convlens-") as folder:
            # The figure says where its pictures are from, by the name that they are given here.
            _folder(Path(folder) / "notebook", pictures, classes, names)
            indices = ",".join(str(index) for index, _ in enumerate(classes))
            arguments = ["--filter", str(channel), "--range", range, "--language", language]
            run("maps", file, "--data", "notebook", "--images", indices, *arguments, "--out", out.absolute(), folder=Path(folder))

    return Figure(draw)
