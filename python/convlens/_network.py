"""A model of Keras or PyTorch as a network of convlens: which of its values is which."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Sequence

import numpy as np

from . import _safetensors
from ._program import Error, run

__all__ = ["CONSTANTS", "Network", "converted", "numbered"]

# What stands before a model's own values in a flat row: a bias that it does not have is 0, a γ that it does not have is 1.
CONSTANTS = np.array([0, 1], np.float32)
# float32 counts no further.
_MOST = 2**24


@dataclass
class Network:
    """A network of convlens, and where its values come from."""

    spec: dict[str, Any]
    # Of each tensor the places of its values in the flat row.
    places: dict[str, np.ndarray]
    # The flat row as it is now.
    values: Callable[[], np.ndarray]
    # What the model itself does to its pictures first, channel by channel: x · scale + offset.
    scale: np.ndarray = field(default_factory=lambda: np.ones(1))
    offset: np.ndarray = field(default_factory=lambda: np.zeros(1))

    @property
    def picture(self) -> tuple[int, int, int]:
        """Height, width and channels of its pictures."""
        size = self.spec.get("input", {})
        return size.get("height", 28), size.get("width", 28), size.get("channels", 1)

    @property
    def classes(self) -> int:
        """How many it tells apart."""
        return int(self.spec.get("classes", 10))

    def normalized(self, mean: np.ndarray, deviation: np.ndarray) -> None:
        """Takes bytes p, where the model is given (p/255 − mean) / deviation and then does what it does itself."""
        channels = self.picture[2]
        deviation, mean, scale, offset = (
            np.broadcast_to(np.asarray(each, np.float64), channels)
            for each in (deviation, mean, self.scale, self.offset)
        )
        # ((q − mean) / deviation) · scale + offset = (q − (mean − offset · deviation / scale)) / (deviation / scale)
        total = deviation / scale
        shift = mean - offset * total
        # What float32 has left of nothing.
        shift = np.where(np.abs(shift) < 1e-6, 0.0, shift)
        total = np.where(np.abs(total - 1.0) < 1e-6, 1.0, total)
        self.spec.pop("normalization", None)
        if shift.any() or (total != 1.0).any():
            numbers = {"mean": shift, "deviation": total}
            self.spec["normalization"] = {key: [float(np.float32(n)) for n in value] for key, value in numbers.items()}

    def file(self, values: np.ndarray) -> bytes:
        """The file of weights that holds these values of the flat row."""
        tensors = {name: values[places] for name, places in self.places.items()}
        return _safetensors.to_bytes(tensors, {"convlens.network": json.dumps(self.spec, separators=(",", ":"))})


def numbered(shapes: Sequence[Sequence[int]], model: str) -> list[np.ndarray]:
    """Arrays of these shapes that count through a flat row, behind its constants."""
    sizes = [int(np.prod(shape, dtype=np.int64)) for shape in shapes]
    last = len(CONSTANTS) + sum(sizes)
    if last > _MOST:
        raise Error(f"{model}: {sum(sizes):,} weights are too many; convlens takes at most {_MOST - 2:,} from Python")
    counted = np.arange(len(CONSTANTS), last, dtype=np.float32)
    return [part.reshape(shape) for part, shape in zip(np.split(counted, np.cumsum(sizes)[:-1]), shapes)]


def converted(
    model: str, name: str, write: Callable[[Path], object], count: int
) -> tuple[dict[str, Any], dict[str, np.ndarray], list[str]]:
    """What `convlens import` makes of a copy of the model whose weights are numbered: its network, where each value of it comes from, and notes."""
    with tempfile.TemporaryDirectory(prefix="convlens-") as folder:
        copy, out = Path(folder) / name, Path(folder) / "network.safetensors"
        write(copy)
        told = json.loads(run("import", copy, "--out", out, "--json", called={str(copy): model}))
        tensors, metadata = _safetensors.read(out)
    places = {}
    met = np.zeros(count, bool)
    for tensor, values in tensors.items():
        at = values.astype(np.int64)
        real = at[at >= len(CONSTANTS)]
        is_sound = (at == values).all() and (at >= 0).all() and (at < count).all() and len(np.unique(real)) == len(real)
        if not is_sound or met[real].any():
            raise Error(
                f"{model}: convlens changes the values of its {tensor} in conversion, so they can't be followed; "
                "save the model and open the file with convlens"
            )
        met[real] = True
        places[tensor] = at
    return json.loads(metadata["convlens.network"]), places, list(told["notes"])
