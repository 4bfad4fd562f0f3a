"""convlens beside Keras: `Live`, a callback by which the window follows a training.

>>> model.fit(x, y, epochs=10, callbacks=[convlens.keras.Live(test=(x_test, y_test))])
"""

from __future__ import annotations

import collections
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator, Sequence

import keras  # type: ignore[import-untyped,unused-ignore]
import numpy as np

from . import _folders, _network, _pictures, _runs
from ._network import CONSTANTS, Network
from ._pictures import Normalization
from ._program import Error, window

__all__ = ["Live"]

_ACCURACIES = ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy")
# Largest relative error of a loss in the curve.
_PRECISION = 0.005
# That of a running mean in float32: of its sum and of the quotient.
_ROUNDING = 2.0**-23


def _layers(model: Any) -> Iterator[Any]:
    """All layers in order, those of models among them too."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer


def _does_first(layer: Any) -> bool:
    """Whether it is one of the layers that only scale pictures."""
    return isinstance(layer, (keras.layers.Rescaling, keras.layers.Normalization))


def _values(variables: Sequence[Any]) -> np.ndarray:
    parts = [variable.numpy().reshape(-1) for variable in variables]
    return np.concatenate([CONSTANTS, *parts]).astype(np.float32, copy=False)


def network(model: Any) -> Network:
    """The network of a Keras model."""
    called = f"the Keras model {model.name}"
    if not model.built:
        raise Error(f"{called} has no shapes yet; give it an Input, or call it once on a picture")
    fixed = {id(weight) for layer in _layers(model) if _does_first(layer) for weight in layer.weights}
    variables = [weight for weight in model.weights if id(weight) not in fixed]
    for variable in variables:
        if keras.backend.standardize_dtype(variable.dtype) != "float32":
            raise Error(f"{called}: {variable.path} is {variable.dtype}; convlens takes float32 weights")
    counted = _network.numbered([variable.shape for variable in variables], called)
    try:
        copy = keras.models.clone_model(model)
    except Exception as error:  # noqa: BLE001, whatever a class of somebody's own does
        said = " ".join(str(error).split())[:200]
        raise Error(f"{called} can't be cloned ({said}); build it as a Sequential or functional model of Keras's layers") from error
    numbers = {id(variable): values for variable, values in zip(variables, counted)}
    given = [numbers.get(id(weight)) for weight in model.weights]
    copy.set_weights(
        [weight.numpy() if number is None else number for weight, number in zip(model.weights, given)]
    )
    count = len(CONSTANTS) + sum(values.size for values in counted)
    spec, places, _ = _network.converted(called, "model.keras", copy.save, count)
    made = Network(spec, places, lambda: _values(variables))
    first = [layer for layer in _layers(model) if _does_first(layer)]
    # What they do to 0 and to 1, channel by channel.
    ends = np.stack([np.full((1, 1, made.picture[2]), end, np.float32) for end in (0, 1)])
    for layer in first:
        ends = np.asarray(keras.ops.convert_to_numpy(layer(ends)))
    if first:
        made.offset = ends[0].reshape(-1).astype(np.float64)
        made.scale = ends[1].reshape(-1).astype(np.float64) - made.offset
    return made


class Live(keras.callbacks.Callback):  # type: ignore[misc,unused-ignore]
    """Keeps a training in the folder of runs, where the window follows it.

    `test`: test pictures and labels, as the model is given them. The window shows their maps. Without them it takes the model to have
    been given pixels from 0 to 1, unless `normalization` or its Rescaling says otherwise.
    `train`: training pictures and labels, if the window is to show those too.
    `name`, `class_names`: of the run; of the classes.
    `validation`: what `fit` calls validation data is taken for the test set. True says that it was held out of the training set, as with
    `validation_split`.
    `runs`: the folder of runs, if not the usual one.
    `open_window`: opens the window when the training begins.

    Each `fit` is a run of its own. Keras tells the mean loss since the epoch began, in float32; that of each batch is worked out from it.
    Its rounding error grows with the batches of the epoch, 1.2e-7 of the mean for each: 0.02 % of it behind 2,000 batches. From 41,000
    batches on, means over as many batches are kept as leave it below 0.5 %. The loss has the penalties on weights in it that the model has.
    """

    # Keras then calls it beside the training. What has to see the weights of a moment is done at the next batch's beginning.
    async_safe = True

    def __init__(
        self,
        test: tuple[Any, Any] | None = None,
        *,
        train: tuple[Any, Any] | None = None,
        name: str | None = None,
        class_names: Sequence[str] | None = None,
        normalization: Normalization | None = None,
        validation: bool = False,
        runs: str | os.PathLike[str] | None = None,
        open_window: bool = False,
    ) -> None:
        super().__init__()
        if train is not None and test is None:
            raise Error("train without test; pass the test pictures too")
        self._test, self._train = test, train
        self._name, self._class_names, self._normalization = name, class_names, normalization
        self._validation, self._runs, self._open_window = validation, runs, open_window
        self._run: _runs.Run | None = None

    @property
    def folder(self) -> Path | None:
        """Where the run is kept, once it has begun."""
        return self._run.folder if self._run is not None else None

    # Keras's calls.

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        if self._run is not None:
            self._run.abandon()
        self._run = None
        self._network = made = network(self.model)
        self._data = None
        if self._test is not None:
            parts = [self._test] + ([self._train] if self._train is not None else [])
            pictures, pixels = _pictures.bytes_of([part[0] for part in parts], made.picture, self._normalization)
            made.normalized(pixels.mean, pixels.deviation)
            pairs = [
                (images, _pictures.labels_of(part[1], len(images), made.classes))
                for images, part in zip(pictures, parts)
            ]
            names = _pictures.class_names(self._class_names, made.classes)
            folder, sha256 = _pictures.save(pairs[0], pairs[1] if len(pairs) > 1 else None, names)
            self._data = (folder, sha256, len(pairs[-1][0]) if len(pairs) > 1 else 0, pairs[0][0], names)
        elif self._normalization is not None:
            made.normalized(*(np.asarray(each, np.float64) for each in self._normalization))
        self._first = made.values()
        self._is_alive = _still_in_fit(self.model)
        # Epochs of this `fit` that are over, batches in them, batches of the open one, images of a batch once that is known.
        self._epochs = self._step = self._batch = self._batch_size = 0
        # What Keras has told: batches, and the means of loss and accuracy over them.
        self._told: collections.deque[tuple[int, float, float]] = collections.deque()
        # Behind the last point: whole batches, and the sums of loss and accuracy.
        self._last = (0.0, 0.0, 0.0)
        self._began = time.perf_counter()
        if self._open_window:
            arguments: list[str | os.PathLike[str]] = ["--data", self._data[0]] if self._data is not None else []
            window(arguments, Path(self._runs) if self._runs is not None else _folders.runs())

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._epochs == 0:
            self._planned = max(1, (self.params.get("epochs") or 1) - epoch)
        self._epoch_began = time.perf_counter()
        # Seconds and pictures of its training loop, once validation begins.
        self._trained, self._seen = 0.0, 0
        self._last, self._batch = (0.0, 0.0, 0.0), 0
        self._told.clear()

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if batch == 0:
            return
        before = time.perf_counter()
        steps = self.params.get("steps")
        if self._run is None and steps:
            # The first batch is over, so that its size is known.
            self._batch_size = max(1, round(self._samples() / batch))
            self._begin(steps * self._batch_size)
            before = time.perf_counter()
        run = self._run
        if run is not None:
            if run.wants(self._step + batch):
                self._sync()
                run.weights(self._step + batch, self._network.values())
            self._points(run, {})
            run.spent(time.perf_counter() - before)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        # Maybe in another thread, and before or behind another batch's.
        logs = logs or {}
        accuracy = next((logs[key] for key in _ACCURACIES if key in logs), None)
        if "loss" in logs and accuracy is not None:
            # Where Keras runs several batches at once, it counts beyond the last one.
            batches = min(batch + 1, self.params.get("steps") or batch + 1)
            self._batch = max(self._batch, batches)
            self._told.append((batches, float(logs["loss"]), float(accuracy)))

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        if not self._trained:
            self._trained = time.perf_counter() - self._epoch_began
            # Keras is about to count from 0 again.
            self._seen = self._samples()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        before = time.perf_counter()
        logs = logs or {}
        samples = self._seen or self._samples()
        batches = max(1, self._batch)
        if self._run is None:
            self._batch_size = -(-samples // batches)
            self._begin(samples)
            before = time.perf_counter()
        run = self._run
        assert run is not None
        self._points(run, {batches: samples / self._batch_size})
        self._step += batches
        self._epochs += 1
        accuracy = next((key for key in _ACCURACIES if key in logs), "accuracy")
        held = "validation" if self._validation else "test"
        run.epoch(
            {
                "epoch": self._epochs,
                "images": samples,
                "seconds": self._trained or before - self._epoch_began,
                "train_loss": logs.get("loss"),
                "train_accuracy": logs.get(accuracy),
                f"{held}_loss": logs.get("val_loss"),
                f"{held}_accuracy": logs.get(f"val_{accuracy}"),
            },
            samples,
        )
        if run.wants(self._step, is_end=True):
            self._sync()
            run.weights(self._step, self._network.values(), is_end=True)
        run.spent(time.perf_counter() - before)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._run is not None:
            self._sync()
            is_whole = self._epochs >= self._planned
            self._run.close("finished" if is_whole else "stopped", last=(self._step, self._network.values()))

    # What they have in common.

    def _begin(self, images: int) -> None:
        measured = self.model.get_metrics_result()
        if not any(key in measured for key in _ACCURACIES):
            raise Error("Live draws loss and accuracy; compile the model with metrics=['accuracy']")
        optimizer = self.model.optimizer
        settings = type(optimizer).__name__
        try:
            settings += f", learning rate {float(keras.ops.convert_to_numpy(optimizer.learning_rate)):.4g}"
        except (AttributeError, TypeError, ValueError):
            # A schedule, or an optimizer without one.
            pass
        data = None
        if self._data is not None:
            folder, sha256, train, test, names = self._data
            data = _runs.data(folder, sha256, train or images, test, names)
        self._run = _runs.Run(
            self._network,
            self._first,
            name=self._name or f"keras {self.model.name}",
            program=f"Keras {keras.version()}",
            settings=settings,
            epochs=self._planned,
            batch_size=self._batch_size,
            images=images,
            data=data,
            root=self._runs,
            began=self._began,
            is_alive=self._is_alive,
        )

    def _sync(self) -> None:
        """With JAX the weights of now stand beside the model."""
        sync = getattr(self.model, "jax_state_sync", None)
        if sync is not None:
            sync()

    def _samples(self) -> int:
        """Pictures of the epoch so far."""
        self._sync()
        for metric in self.model.metrics:
            count = getattr(metric, "count", None)
            if metric.name == "loss" and count is not None:
                return int(round(float(keras.ops.convert_to_numpy(count))))
        return 0

    def _points(self, run: _runs.Run, parts: dict[int, float]) -> None:
        """Makes points of the means that Keras has told so far. `parts` names a batch count that stands for another number of whole ones."""
        told = sorted(self._told.popleft() for _ in range(len(self._told)))
        for batches, loss, accuracy in told:
            seen = parts.get(batches, float(batches))
            before, losses, accuracies = self._last
            between = seen - before
            # Late in a long epoch this is the small difference of large numbers, so that it is taken over several batches.
            if between <= 0 or between < batches * _ROUNDING / _PRECISION:
                continue
            share = min(1.0, max(0.0, (accuracy * seen - accuracies) / between))
            run.point(self._step + batches, (loss * seen - losses) / between, share)
            self._last = (seen, loss * seen, accuracy * seen)


def _still_in_fit(model: Any) -> Any:
    """A function that says whether the `fit` that calls this is still under way: an interrupt in a notebook ends it without a word."""
    thread = threading.get_ident()
    frame: Any = sys._getframe(1)
    while frame is not None and not (frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model):
        frame = frame.f_back
    if frame is None:
        return lambda: True
    # Not the frame itself, which would keep all that is in it.
    code = frame.f_code

    def is_alive() -> bool:
        frame: Any = sys._current_frames().get(thread)
        while frame is not None and frame.f_code is not code:
            frame = frame.f_back
        return frame is not None

    return is_alive
