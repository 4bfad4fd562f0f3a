"""convlens beside PyTorch: `Live`, by which the window follows a training loop.

>>> with convlens.torch.Live(model, epochs=5, batch_size=32, images=len(x), test=(x_test, y_test)) as live:
...     for epoch in range(5):
...         for pictures, labels in loader:
...             ...
...             live.batch(loss, logits, labels)
...         live.epoch(test_loss=..., test_accuracy=...)
"""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Sequence

import numpy as np
import torch

from . import _folders, _graph, _network, _pictures, _runs, _safetensors
from ._network import CONSTANTS, Network
from ._pictures import Normalization
from ._program import Error, window

__all__ = ["Live"]

# Batches that become points together, and seconds after which they do in any case.
_TOGETHER, _EVERY = 64, 0.5


def network(wrapped: torch.nn.Module, shape: Sequence[int] | None) -> Network:
    """The network of a module that is given pictures of this shape."""
    model: Any = wrapped
    # What torch.compile and its like have put around it.
    while isinstance(model, (torch.nn.DataParallel, torch.nn.parallel.DistributedDataParallel)) or hasattr(model, "_orig_mod"):
        model = getattr(model, "_orig_mod", None) or model.module
    called = f"the PyTorch model {type(model).__name__}"
    state = {
        name: tensor
        for name, tensor in model.state_dict(keep_vars=True).items()
        if not name.endswith("num_batches_tracked")
    }
    for name, tensor in state.items():
        if tensor.dtype not in (torch.float32, torch.float16, torch.bfloat16):
            raise Error(f"{called}: {name} is {tensor.dtype}; convlens takes float32 weights")
    counted = _network.numbered([tensor.shape for tensor in state.values()], called)
    numbers = dict(zip(state, counted))
    count = len(CONSTANTS) + sum(values.size for values in counted)

    def values() -> np.ndarray:
        with torch.no_grad():
            parts = [tensor.detach().reshape(-1).float() for tensor in state.values()]
            flat = torch.cat(parts).cpu().numpy()
        return np.concatenate([CONSTANTS, flat])

    try:
        spec, named = _graph.read(model, shape, called)
    except _graph.NotTraced as error:
        content = _safetensors.to_bytes(numbers, {})
        spec, places, notes = _network.converted(called, "weights.safetensors", lambda path: path.write_bytes(content), count)
        assumed = "; ".join(notes) or "its layers follow from the shapes of its weights"
        warnings.warn(f"{called} could not be traced ({error}), so what it computes is inferred: {assumed}", stacklevel=4)
        return Network(spec, places, values)
    tensors = {
        tensor: numbers[source] if isinstance(source, str) else np.full(source[1], source[0], np.float32)
        for tensor, source in named.items()
    }
    # As convlens's own file, which names its network: branches open from no other.
    content = Network(spec, {name: index.astype(np.int64) for name, index in tensors.items()}, values).file(
        np.arange(count, dtype=np.float32)
    )
    spec, places, _ = _network.converted(called, "network.safetensors", lambda path: path.write_bytes(content), count)
    return Network(spec, places, values)


class Live:
    """Keeps a training in the folder of runs, where the window follows it.

    `epochs`, `batch_size`, `images`: as planned, the images of an epoch or the training set itself.
    `test`: test pictures and labels, as the model is given them. The window shows their maps. Without them `shape` says what a picture is,
    as (1, 28, 28), and the model is taken to be given pixels from 0 to 1, unless `normalization` says otherwise.
    `train`: training pictures and labels, if the window is to show those too.
    `optimizer`: is named in the run's settings.
    `name`, `class_names`: of the run; of the classes.
    `runs`: the folder of runs, if not the usual one.
    `open_window`: opens the window at once.

    It is made before the first step, so that it sees the weights at the beginning. At the end of its `with`, or by `close`, the run ends.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        *,
        epochs: int,
        batch_size: int,
        images: Any,
        test: tuple[Any, Any] | None = None,
        train: tuple[Any, Any] | None = None,
        shape: Sequence[int] | None = None,
        optimizer: torch.optim.Optimizer | None = None,
        name: str | None = None,
        class_names: Sequence[str] | None = None,
        normalization: Normalization | None = None,
        runs: str | os.PathLike[str] | None = None,
        open_window: bool = False,
    ) -> None:
        images = images if isinstance(images, int) else len(images)
        if min(epochs, batch_size, images) < 1:
            raise Error("epochs, batch_size and images are 1 at least")
        if train is not None and test is None:
            raise Error("train without test; pass the test pictures too")
        data = None
        if test is not None:
            shape = _pictures.array(test[0]).shape[1:]
        self._network = made = network(model, shape)
        if test is not None:
            parts = [test] + ([train] if train is not None else [])
            pictures, pixels = _pictures.bytes_of([part[0] for part in parts], made.picture, normalization)
            made.normalized(pixels.mean, pixels.deviation)
            pairs = [
                (pixels_of, _pictures.labels_of(part[1], len(pixels_of), made.classes))
                for pixels_of, part in zip(pictures, parts)
            ]
            names = _pictures.class_names(class_names, made.classes)
            folder, sha256 = _pictures.save(pairs[0], pairs[1] if len(pairs) > 1 else None, names)
            data = _runs.data(folder, sha256, len(pairs[1][0]) if len(pairs) > 1 else images, pairs[0][0], names)
        elif normalization is not None:
            made.normalized(*(np.asarray(each, np.float64) for each in normalization))
        settings = []
        if optimizer is not None:
            rate = optimizer.param_groups[0].get("lr")
            settings = [type(optimizer).__name__] + ([f"learning rate {float(rate):.4g}"] if rate is not None else [])
        self._planned, self._epochs, self._step = epochs, 0, 0
        self._batch_size, self._planned_images = batch_size, images
        # Of the open epoch: the sums of loss and accuracy, batches and pictures.
        self._sums: list[Any] = [0.0, 0.0]
        self._open, self._images = 0, 0
        # Batches that are no points yet: pictures, loss, share or logits, labels.
        self._told: list[tuple[int, Any, Any, Any]] = []
        self._flushed = time.perf_counter()
        self._epoch_began = time.perf_counter()
        if open_window:
            arguments: list[Any] = ["--data", data["folder"]] if data is not None else []
            window(arguments, Path(runs) if runs is not None else _folders.runs())
        self._run = _runs.Run(
            made,
            made.values(),
            name=name or f"torch {type(model).__name__}",
            program=f"PyTorch {torch.__version__}",
            settings=", ".join(settings),
            epochs=epochs,
            batch_size=batch_size,
            images=images,
            data=data,
            root=runs,
        )

    @property
    def folder(self) -> Path:
        """Where the run is kept."""
        return self._run.folder

    def batch(self, loss: Any, accuracy: Any, labels: Any = None) -> None:
        """A batch is over: its mean loss, and the share of it that was right, or its logits and labels. Call it behind `optimizer.step()`."""
        before = time.perf_counter()
        count = len(labels) if labels is not None else min(self._batch_size, max(1, self._planned_images - self._images))
        self._open += 1
        self._images += count
        self._told.append((count, _kept(loss), _kept(accuracy), labels))
        # Together they cost less than each by itself.
        if len(self._told) >= _TOGETHER or before - self._flushed >= _EVERY:
            self._flush()
        if self._run.wants(self._step + self._open):
            self._run.weights(self._step + self._open, self._network.values())
        self._run.spent(time.perf_counter() - before)

    def _flush(self) -> None:
        """Makes points of the batches that have been told."""
        told, self._told = self._told, []
        self._flushed = time.perf_counter()
        first = self._step + self._open - len(told) + 1
        losses = _numbers([loss for _, loss, _, _ in told])
        if all(labels is not None for _, _, _, labels in told):
            shares = _shares([logits for _, _, logits, _ in told], [labels for _, _, _, labels in told])
        else:
            # Now the one, now the other.
            shares = [
                float(accuracy) if labels is None else _shares([accuracy], [labels])[0] for _, _, accuracy, labels in told
            ]
        for batch, ((count, _, _, _), loss, share) in enumerate(zip(told, losses, shares), first):
            self._sums = [self._sums[0] + loss * count, self._sums[1] + share * count]
            self._run.point(batch, loss, share)

    def epoch(
        self,
        test_loss: Any = None,
        test_accuracy: Any = None,
        *,
        validation_loss: Any = None,
        validation_accuracy: Any = None,
        seconds: float | None = None,
    ) -> None:
        """An epoch is over. Loss and accuracy are those on the test set, or on pictures held out of the training set.

        `seconds` is the time in its training loop; without it, all the time since the epoch before.
        """
        if not self._open:
            raise Error("an epoch without batches; call batch() behind each step")
        before = time.perf_counter()
        self._flush()
        self._step += self._open
        self._epochs += 1
        self._run.epoch(
            {
                "epoch": self._epochs,
                "images": self._images,
                "seconds": seconds if seconds is not None else before - self._epoch_began,
                "train_loss": self._sums[0] / self._images,
                "train_accuracy": self._sums[1] / self._images,
                "test_loss": test_loss,
                "test_accuracy": test_accuracy,
                "validation_loss": validation_loss,
                "validation_accuracy": validation_accuracy,
            },
            self._images,
        )
        self._sums, self._open, self._images = [0.0, 0.0], 0, 0
        if self._run.wants(self._step, is_end=True):
            self._run.weights(self._step, self._network.values(), is_end=True)
        self._epoch_began = time.perf_counter()
        self._run.spent(self._epoch_began - before)

    def close(self) -> None:
        """The training is over: finished if all planned epochs are, or else stopped."""
        self._close("finished" if self._epochs >= self._planned else "stopped")

    def __enter__(self) -> Live:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif issubclass(kind, Exception):
            self._close("failed", f"{kind.__name__}: {error}")
        else:
            self._close("stopped")

    def _close(self, status: str, error: str | None = None) -> None:
        if not self._run.is_over:
            self._flush()
            self._run.close(status, error, (self._step + self._open, self._network.values()))


def _kept(value: Any) -> Any:
    """A number, or a tensor as it is now, which is not waited for."""
    if not isinstance(value, torch.Tensor):
        return float(value)
    # A graph of CUDA's uses the same memory again.
    return value.detach() if value.device.type == "cpu" else value.detach().clone()


def _numbers(values: list[Any]) -> list[float]:
    if values and all(isinstance(value, torch.Tensor) for value in values):
        return [float(number) for number in torch.stack([value.reshape(()) for value in values]).tolist()]
    return [float(value) for value in values]


def _shares(logits: list[torch.Tensor], labels: list[torch.Tensor]) -> list[float]:
    """The shares of logits whose largest is the label's; labels may be a probability for each class."""
    if not logits:
        return []
    wanted = torch.cat(labels)
    right = torch.cat(logits).argmax(1) == (wanted.argmax(1) if wanted.ndim == 2 else wanted)
    ends = np.cumsum([len(part) for part in labels])
    return [float(part.mean()) for part in np.split(right.cpu().numpy(), ends[:-1])]
