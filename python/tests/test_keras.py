"""Models of Keras: values, pixels, and trainings that are followed."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path
from unittest import mock

from .common import Case, checkpoints, curve, lacks, manifest, pixels

if lacks("keras"):
    raise unittest.SkipTest("Keras is not installed")

# PyTorch's optimizers load Triton, whose LLVM ends the process if TensorFlow's is there already.
if not lacks("torch"):
    import torch._dynamo  # noqa: F401

import keras
import numpy as np
from keras import layers as L

import convlens
import convlens.keras
from convlens import Error, _models, _runs, _safetensors


def small(*first: keras.layers.Layer, size: tuple[int, ...] = (12, 12, 1)) -> keras.Model:
    return keras.Sequential(
        [keras.Input(size), *first, L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dense(3, activation="softmax")]
    )


def answers(model: keras.Model, pictures: np.ndarray) -> np.ndarray:
    return np.asarray(model(pictures.astype(np.float32), training=False).numpy())


def stirred(model: keras.Model) -> keras.Model:
    """Weights by chance, also those that begin as 0 or 1."""
    chance = np.random.default_rng(3)
    for layer in model.layers:
        if not isinstance(layer, (L.Normalization, L.Rescaling)):
            layer.set_weights([chance.uniform(0.1, 0.6, w.shape) * chance.choice([1, -0.8], w.shape[-1:]) ** (w.ndim > 1) for w in layer.get_weights()])
    return model


class Values(Case):
    def test_every_kind_of_layer(self) -> None:
        given = keras.Input((16, 16, 3))
        x = L.Rescaling(1 / 127.5, offset=-1)(given)
        x = L.RandomFlip()(x)
        x = L.Conv2D(8, (3, 5), strides=2, padding="same", use_bias=False)(x)
        x = L.BatchNormalization(epsilon=0.01)(x)
        x = L.LeakyReLU(negative_slope=0.3)(x)
        y = L.DepthwiseConv2D(3, padding="same", depth_multiplier=1, activation="elu")(x)
        y = L.Conv2D(8, 3, padding="same", groups=2, activation="gelu")(y)
        x = L.Add()([x, y])
        y = L.Conv2D(6, 1, activation="tanh")(x)
        z = L.Conv2D(4, 3, padding="same", dilation_rate=2, activation="silu")(x)
        x = L.Concatenate()([y, z])
        x = L.AveragePooling2D(2, padding="same")(x)
        x = L.Dropout(0.3)(x)
        x = L.Flatten()(x)
        x = L.Dense(12, use_bias=False, activation="relu6")(x)
        x = L.BatchNormalization()(x)
        model = stirred(keras.Model(given, L.Dense(5)(x)))
        pictures = pixels(7, 16, 16, 3)
        found = convlens.maps(model, pictures)
        self.close(found["probabilities"], keras.ops.softmax(answers(model, pictures)).numpy())
        pooled = keras.Model(model.inputs, model.layers[-6].output)
        self.assertEqual(pooled.layers[-1].__class__, L.AveragePooling2D)
        self.close(found["pool1"], np.moveaxis(answers(pooled, pictures), -1, 1), 1e-3)
        # The places lead through all weights, each once.
        network = _models.of(model, None)
        places = np.concatenate([part.reshape(-1) for part in network.places.values()])
        self.assertEqual(sorted(places[places > 1]), list(range(2, 2 + sum(w.size for w in model.get_weights()))))

    def test_pooling_of_whole_maps_and_models_within_models(self) -> None:
        inner = keras.Sequential([keras.Input((10, 10, 3)), L.Conv2D(6, 3, activation="selu"), L.GlobalAveragePooling2D()])
        model = keras.Sequential([keras.Input((10, 10, 3)), inner, L.Dense(4, activation="softmax")])
        pictures = pixels(4, 10, 10, 3)
        unit = pictures / np.float32(255)
        self.close(convlens.maps(model, unit)["probabilities"], answers(model, unit))

    def test_pixels_of_all_kinds(self) -> None:
        adapted = L.Normalization()
        grey = pixels(300, 12, 12, 1)
        unit = grey / np.float32(255)
        adapted.adapt(unit)
        of_bytes = L.Normalization(mean=100.0, variance=70.0**2)
        for first, pictures in [
            ([L.Rescaling(1 / 255)], grey),
            ([L.Rescaling(1 / 255)], grey[:3].astype(np.float32)),
            ([L.Rescaling(1 / 127.5, offset=-1)], grey),
            ([L.Rescaling(1 / 255), adapted], grey),
            ([of_bytes], grey),
            ([adapted], unit),
            ([L.Rescaling(2.0, offset=-1)], unit),
            # Given to a model that does not expect it, but what is computed is what is shown.
            ([L.Rescaling(1 / 255)], unit),
            ([adapted], grey),
            ([], unit),
            ([], unit[..., 0]),
            ([], grey),
            ([], ((unit - 0.286) / 0.353).astype(np.float32)),
            ([], unit * 2 - 1),
        ]:
            model = stirred(small(*first))
            found = convlens.maps(model, pictures)["probabilities"]
            self.close(found, answers(model, pictures.reshape(-1, 12, 12, 1)))
        few = ((unit[:2] // 2 - 0.2) / 0.3).astype(np.float32)
        model = small()
        self.close(convlens.maps(model, few, normalization=(0.2, 0.3))["probabilities"], answers(model, few))

    def test_colour_is_solved_channel_by_channel(self) -> None:
        colour = pixels(40, 12, 12, 3)
        scaled = ((colour / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype(np.float32)
        model = stirred(small(size=(12, 12, 3)))
        self.close(convlens.maps(model, scaled)["probabilities"], answers(model, scaled))

    def test_many_images_and_some_layers(self) -> None:
        model, pictures = small(), pixels(300, 12, 12)
        found = convlens.maps(model, pictures, layers=["conv1"])
        self.assertEqual({name: array.shape for name, array in found.items()}, {"conv1": (300, 4, 10, 10)})
        self.close(found["conv1"][299:], convlens.maps(model, pictures[299:], "conv1")["conv1"], 1e-5)

    def test_errors_name_model_fault_and_remedy(self) -> None:
        def fails(words: str, model: object, pictures: np.ndarray, **options: object) -> None:
            with self.assertRaises(Error) as raised:
                convlens.maps(model, pictures, **options)  # type: ignore[arg-type]
            self.assertIn(words, str(raised.exception))

        grey = pixels(2, 12, 12)
        fails("the model takes 12×12 with 1 channel", small(), grey[:, :10])
        fails("conv7: no layer with maps; the model has conv1, pool1", small(), grey, layers="conv7")
        fails("a dict is no model", {}, grey)
        fails("has no shapes yet", keras.Sequential([L.Dense(3)]), grey)
        recurrent = keras.Sequential([keras.Input((12, 12)), L.LSTM(3), L.Dense(3)], name="mine")
        fails("the Keras model mine", recurrent, grey)
        huge = keras.Sequential([keras.Input((12, 12, 1)), L.Flatten(), L.Dense(4096), L.Dense(4096), L.Dense(3)])
        fails("weights are too many", huge, grey)
        half = keras.Sequential([keras.Input((12, 12, 1), dtype="float16"), L.Flatten(), L.Dense(3, dtype="float16")])
        fails("is float16", half, grey)


class Shown(Case):
    def test_the_figure(self) -> None:
        model, pictures = stirred(small()), pixels(13, 12, 12)
        figure = convlens.figure(model, pictures[:2], [0, 2], ["a", "b", "c"], channel=3, range="per-layer")
        content, size = figure._repr_png_()
        self.assertTrue(content.startswith(b"\x89PNG"))
        self.assertGreater(size["width"], 200)
        figure.save(self.folder / "figure.svg")
        self.assertIn("<svg", (self.folder / "figure.svg").read_text()[:300])
        with self.assertRaisesRegex(Error, "choose 0 to 3"):
            convlens.figure(model, pictures[:2], channel=9)
        with self.assertRaisesRegex(Error, "13 images are too many for one figure; pass at most 12"):
            convlens.figure(model, pictures)
        with self.assertRaisesRegex(Error, "2 class_names, but the model tells 3"):
            convlens.figure(model, pictures[:2], class_names=["a", "b"])

    @unittest.skipIf(os.name == "nt", "a script stands in for the window")
    def test_the_window_is_given_weights_and_pictures(self) -> None:
        # Converts as the program does, and in place of a window notes what it is to open.
        stand_in, noted = self.folder / "convlens", self.folder / "noted"
        stand_in.write_text(f'#!/bin/sh\n[ "$1" = import ] && exec "{convlens.program()}" "$@"\necho "$@" > "{noted}"\nexec sleep 30\n')
        stand_in.chmod(0o755)
        model, pictures, labels = stirred(small()), pixels(5, 12, 12), np.eye(3)[[0, 1, 2, 0, 1]]
        with mock.patch.dict(os.environ, {"CONVLENS_PROGRAM": str(stand_in), "DISPLAY": ":0"}):
            with self.assertRaisesRegex(Error, "x_train without y_train"):
                convlens.show(model, pictures, labels, x_train=pictures)
            convlens.show(model, pictures, labels, ["a", "b", "c"]).close()
        file, option, data = noted.read_text().split()
        self.assertEqual((Path(file).name, option), (f"{model.name}.safetensors", "--data"))
        _, metadata = _safetensors.read(Path(file))
        bytes_ = {"mean": [0.0], "deviation": [float(np.float32(1 / 255))]}
        self.assertEqual(json.loads(metadata["convlens.network"])["normalization"], bytes_)
        self.assertEqual((Path(data) / "classes.txt").read_text(), "a\nb\nc\n")
        self.assertEqual((Path(data) / "t10k-labels-idx1-ubyte").read_bytes()[8:], bytes([0, 1, 2, 0, 1]))


class Followed(Case):
    def setUp(self) -> None:
        super().setUp()
        keras.utils.set_random_seed(5)
        self.x, self.y = pixels(203, 12, 12, 1), np.arange(203) % 3
        self.x[:, :6, :6] //= (1 + self.y)[:, None, None, None].astype(np.uint8)
        self.test = (pixels(50, 12, 12, 1, seed=1), np.arange(50) % 3)

    def model(self, optimizer: object = "adam", *, eagerly: bool = True, metrics: tuple[str, ...] = ("accuracy",)) -> keras.Model:
        model = small(L.Rescaling(1 / 255))
        # A few batches are over before they are compiled.
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=list(metrics), run_eagerly=eagerly)
        return model

    def live(self, **options: object) -> convlens.keras.Live:
        return convlens.keras.Live(**{"test": self.test, "runs": self.runs, **options})  # type: ignore[arg-type]

    def test_a_run_says_what_keras_says(self) -> None:
        model = self.model(keras.optimizers.Adam(0.01), eagerly=False)
        first = model.get_weights()
        # However slow the machine is.
        grant = mock.patch.object(_runs, "_GRANT", 1e9)
        grant.start()
        self.addCleanup(grant.stop)
        live = self.live(class_names=["a", "b", "c"], name="mine")
        history = model.fit(self.x, self.y, batch_size=20, epochs=3, validation_data=self.test, callbacks=[live], verbose=0).history
        assert live.folder is not None
        told = manifest(live.folder)
        self.assertEqual(told["status"], "finished")
        self.assertEqual(told["trained_by"], {"program": f"Keras {keras.version()}", "settings": "Adam, learning rate 0.01"})
        self.assertEqual((told["images_per_epoch"], told["config"]["batch_size"], told["config"]["epochs"]), (203, 20, 3))
        self.assertEqual((told["data"]["train"], told["data"]["test"], told["data"]["classes"]), (203, 50, ["a", "b", "c"]))
        for number, epoch in enumerate(told["epochs"]):
            self.assertEqual((epoch["epoch"], epoch["images"]), (number + 1, 203))
            for name, key in [("train_loss", "loss"), ("train_accuracy", "accuracy"), ("test_loss", "val_loss"), ("test_accuracy", "val_accuracy")]:
                self.assertAlmostEqual(epoch[name], history[key][number], 6)
        points = curve(live.folder)
        np.testing.assert_array_equal(points[:, 0], range(1, 34))
        sizes = np.tile([20] * 10 + [3], 3)
        for column, key in [(1, "loss"), (2, "accuracy")]:
            means = (points[:, column] * sizes).reshape(3, 11).sum(1) / 203
            np.testing.assert_allclose(means, history[key], rtol=1e-4)
        # Its files of weights are the model of that moment.
        kept = checkpoints(live.folder)
        self.assertEqual([step for step in kept if step % 11 == 0], [0, 11, 22, 33])
        self.assertEqual(max(kept), 33)
        last = self.probabilities(kept[33], told)
        self.close(last, answers(model, self.test[0]))
        model.set_weights(first)
        self.close(self.probabilities(kept[0], told), answers(model, self.test[0]))

    def probabilities(self, file: object, told: dict) -> np.ndarray:  # type: ignore[type-arg]
        data = convlens._folder(self.folder / "again", *self.of_test(), told["data"]["classes"])
        out = self.folder / "maps.npz"
        convlens.run("maps", file, "--data", data, "--images", ",".join(map(str, range(50))), "--out", out)  # type: ignore[arg-type]
        with np.load(out) as arrays:
            return arrays["probabilities"]

    def of_test(self) -> tuple[np.ndarray, np.ndarray]:
        return self.test[0], self.test[1].astype(np.uint8)

    def test_each_batch_has_its_own_loss(self) -> None:
        model = self.model(keras.optimizers.SGD(0.0))
        live = self.live()
        model.fit(self.x, self.y, batch_size=16, epochs=1, shuffle=False, callbacks=[live], verbose=0)
        assert live.folder is not None
        expected = [
            model.evaluate(self.x[at : at + 16], self.y[at : at + 16], verbose=0) for at in range(0, 203, 16)
        ]
        np.testing.assert_allclose(curve(live.folder)[:, 1:], expected, atol=1e-4)

    def test_running_means_are_exact_enough_late_in_a_long_epoch(self) -> None:
        # As Keras's metric adds up, in float32.
        chance = np.random.default_rng(0)
        losses = chance.uniform(0.1, 0.6, 60_000).astype(np.float32)
        live = self.live()
        live._step, live._last, live._told = 0, (0.0, 0.0, 0.0), convlens.keras.collections.deque()
        total = np.float32(0)
        for batch, loss in enumerate(losses, 1):
            total += loss * np.float32(32)
            live._told.append((batch, float(total / np.float32(32 * batch)), 0.5))

        class Points:
            def __init__(self) -> None:
                self.found: list[tuple[int, float]] = []

            def point(self, batch: int, loss: float, accuracy: float) -> None:
                self.found.append((batch, loss))

        points = Points()
        live._points(points, {})  # type: ignore[arg-type]
        before, errors = 0, []
        for batch, loss in points.found:
            errors.append((batch, abs(loss - losses[before:batch].mean()) / losses.mean()))
            before = batch
        self.assertLess(max(error for batch, error in errors if batch <= 2_000), 0.0003)
        self.assertLess(max(error for _, error in errors), 0.005)

    def test_validation_can_be_a_part_of_the_training_set(self) -> None:
        model, live = self.model(), self.live(test=None, validation=True)
        model.fit(self.x, self.y, batch_size=20, epochs=1, validation_split=0.2, callbacks=[live], verbose=0)
        assert live.folder is not None
        told = manifest(live.folder)
        self.assertNotIn("data", told)
        self.assertEqual(told["images_per_epoch"], 162)
        self.assertIn("validation_loss", told["epochs"][0])
        self.assertNotIn("test_loss", told["epochs"][0])

    def test_an_epoch_whose_length_keras_does_not_know(self) -> None:
        def batches():  # type: ignore[no-untyped-def]
            for at in range(0, 200, 25):
                yield self.x[at : at + 25], self.y[at : at + 25]

        model, live = self.model(), self.live()
        model.fit(batches(), epochs=1, callbacks=[live], verbose=0)
        assert live.folder is not None
        told = manifest(live.folder)
        self.assertEqual((told["images_per_epoch"], told["config"]["batch_size"]), (200, 25))
        self.assertEqual(len(curve(live.folder)), 8)

    def test_several_batches_at_once(self) -> None:
        model, live = self.model(), self.live()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=4)
        history = model.fit(self.x, self.y, batch_size=20, epochs=2, callbacks=[live], verbose=0).history
        assert live.folder is not None
        points = curve(live.folder)
        np.testing.assert_array_equal(points[:, 0], [4, 8, 11, 15, 19, 22])
        sizes = np.array([80, 80, 43])
        np.testing.assert_allclose((points[:, 1].reshape(2, 3) * sizes).sum(1) / 203, history["loss"], rtol=1e-4)
        self.assertEqual(max(checkpoints(live.folder)), 22)

    def test_each_fit_is_a_run_and_says_how_it_ended(self) -> None:
        model, live = self.model(), self.live()

        class Ends(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):  # type: ignore[no-untyped-def]
                if how is not None:
                    raise how
                self.model.stop_training = True

        folders = []
        for how in (None, KeyboardInterrupt(), ValueError("broken")):
            try:
                model.fit(self.x, self.y, epochs=2, callbacks=[live, Ends()], verbose=0)
            except (KeyboardInterrupt, ValueError):
                pass
            folders.append(live.folder)
            if how is not None:
                assert live._run is not None
                # Nobody told it; the thread sees that fit is over.
                live._run._thread.join(3)
            self.assertEqual(manifest(folders[-1])["status"], "stopped")  # type: ignore[arg-type]
        self.assertEqual([folder.name for folder in folders if folder], ["0001", "0002", "0003"])

    def test_a_model_without_accuracy_is_told_at_once(self) -> None:
        model, live = self.model(metrics=()), self.live()
        with self.assertRaisesRegex(Error, "metrics=\\['accuracy'\\]"):
            model.fit(self.x, self.y, callbacks=[live], verbose=0)

    def test_a_class_of_ones_own_is_said(self) -> None:
        class Own(keras.Model):
            def __init__(self) -> None:
                super().__init__()
                self.flat, self.dense = L.Flatten(), L.Dense(3)

            def call(self, x):  # type: ignore[no-untyped-def]
                return self.dense(self.flat(x))

        own = Own()
        own(self.x[:1])
        with self.assertRaisesRegex(Error, "the Keras model own can't be cloned .*; build it as a Sequential"):
            convlens.maps(own, self.x[:2])
