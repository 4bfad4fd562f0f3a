"""Models of PyTorch: values, pixels, and trainings that are followed."""

from __future__ import annotations

import unittest
from unittest import mock

from .common import Case, checkpoints, curve, lacks, manifest, pixels

if lacks("torch"):
    raise unittest.SkipTest("PyTorch is not installed")

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import convlens
import convlens.torch
from convlens import Error, _models, _runs


class Branches(nn.Module):
    """Modules, functions and methods, branches that are added and joined."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, (3, 5), stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8, eps=1e-3)
        self.grouped = nn.Conv2d(8, 8, 3, padding="same", groups=2)
        self.alone = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.plain = nn.BatchNorm2d(8, affine=False)
        self.kernel = nn.Parameter(torch.zeros(6, 8, 3, 3))
        self.shift = nn.Parameter(torch.zeros(6))
        self.drop = nn.Dropout(0.4)
        self.dense = nn.Linear(14, 12, bias=False)
        self.behind = nn.BatchNorm1d(12)
        self.last = nn.Linear(12, 5, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.leaky_relu(self.norm(self.first(x)), 0.3)
        x = x + F.gelu(self.grouped(x))
        x = F.relu(self.plain(self.alone(x)) + x)
        y = F.conv2d(x, self.kernel, self.shift, dilation=2, padding=2).tanh()
        x = torch.cat([F.avg_pool2d(y, 3, stride=1, padding=1), F.max_pool2d(x, 3, 1, 1)], dim=1)
        x = F.adaptive_avg_pool2d(F.elu(x, alpha=0.7), 1)
        x = self.drop(x.view(x.size(0), -1))
        x = self.behind(F.hardtanh(self.dense(x)))
        return F.log_softmax(self.last(x), dim=1)


def stirred(model: nn.Module) -> nn.Module:
    """Weights by chance, also those that begin as 0 or 1."""
    chance = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                drawn = torch.rand(tensor.shape, generator=chance)
                tensor.copy_(drawn + 0.5 if "var" in name else 0.6 * (drawn - 0.4))
    return model


def small() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(100, 3))


def answers(model: nn.Module, pictures: np.ndarray) -> np.ndarray:
    """Probabilities of a model as it is used, which stays as it was."""
    mode = model.training
    model.eval()
    with torch.no_grad():
        found = model(torch.from_numpy(np.ascontiguousarray(pictures)).float()).softmax(1).numpy()
    model.train(mode)
    return found


class Values(Case):
    def test_modules_functions_and_branches(self) -> None:
        model, pictures = stirred(Branches()).train(), pixels(7, 3, 14, 16) / np.float32(255)
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        found = convlens.maps(model, pictures)["probabilities"]
        self.close(found, answers(model, pictures))
        self.assertGreater(np.ptp(found, axis=0).max(), 100 * 1e-5)
        # Reading it changes nothing, neither values nor modes.
        self.assertTrue(all(part.training for part in model.modules()))
        for name, tensor in model.state_dict().items():
            self.assertTrue(torch.equal(tensor, before[name]), name)
        network = _models.of(model, (3, 14, 16))
        places = np.concatenate([part.reshape(-1) for part in network.places.values()])
        weights = sum(t.numel() for t in model.state_dict().values() if t.is_floating_point())
        self.assertEqual(sorted(places[places > 1]), list(range(2, 2 + weights)))

    def test_every_module(self) -> None:
        for part, outputs in [
            (nn.ReLU6(), 6), (nn.SELU(), 6), (nn.GELU("tanh"), 6), (nn.SiLU(), 6), (nn.Tanh(), 6), (nn.Sigmoid(), 6),
            (nn.Hardsigmoid(), 6), (nn.Hardswish(), 6), (nn.Hardtanh(), 6), (nn.Hardtanh(0, 6), 6), (nn.LeakyReLU(0.1), 6),
            (nn.ELU(0.5), 6), (nn.GELU(), 6), (nn.Identity(), 6), (nn.Dropout2d(), 6),
            (nn.AvgPool2d(2, stride=2, padding=1), 6), (nn.AvgPool2d(2, padding=1, count_include_pad=False), 6),
            (nn.MaxPool2d(3, 2, 1), 6), (nn.MaxPool2d(2, ceil_mode=True), 6), (nn.AdaptiveAvgPool2d(4), 6), (nn.AdaptiveMaxPool2d(1), 6),
            (nn.Sequential(nn.BatchNorm2d(6, momentum=None), nn.Sequential(nn.Conv2d(6, 4, 1), nn.ReLU())), 4),
        ]:  # fmt: skip
            body = nn.Sequential(nn.Conv2d(1, 6, 5), part, nn.Flatten())
            sizes = body(torch.zeros(2, 1, 12, 12)).shape[1]
            model = stirred(nn.Sequential(body, nn.Linear(sizes, 3), nn.Softmax(1))).eval()
            pictures = pixels(3, 1, 12, 12) / np.float32(255)
            with torch.no_grad():
                expected = model(torch.from_numpy(pictures)).numpy()
            with self.subTest(part=str(part)):
                self.close(convlens.maps(model, pictures)["probabilities"], expected)

    def test_pixels_and_layouts(self) -> None:
        model = stirred(small())
        grey = pixels(40, 12, 12)
        unit = grey[:, None] / np.float32(255)
        scaled = ((unit - 0.1307) / 0.3081).astype(np.float32)
        for given, fed in [(unit, unit), (unit[:, 0], unit), (np.moveaxis(unit, 1, -1), unit), (scaled, scaled), (grey, grey[:, None])]:
            self.close(convlens.maps(model, given)["probabilities"], answers(model, fed))
        self.close(convlens.maps(model, torch.from_numpy(scaled))["probabilities"], answers(model, scaled))

    def test_a_model_that_flattens_the_picture(self) -> None:
        model = stirred(nn.Sequential(nn.Flatten(), nn.Linear(144, 8), nn.ReLU(), nn.Linear(8, 3)))
        unit = pixels(5, 1, 12, 12) / np.float32(255)
        self.close(convlens.maps(model, unit)["probabilities"], answers(model, unit))

    def test_what_cannot_be_traced_is_inferred_and_said(self) -> None:
        class Decides(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.conv, self.dense = nn.Conv2d(1, 8, 3), nn.Linear(8 * 13 * 13, 10)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                if x.sum() < 0:
                    x = -x
                return self.dense(F.max_pool2d(F.relu(self.conv(x)), 2).flatten(1))

        model, unit = stirred(Decides()), pixels(4, 1, 28, 28) / np.float32(255)
        with self.assertWarnsRegex(UserWarning, "could not be traced.*inferred: .*"):
            found = convlens.maps(model, unit)["probabilities"]
        self.close(found, answers(model, unit))

    def test_errors_name_model_fault_and_remedy(self) -> None:
        def fails(words: str, *parts: nn.Module, pictures: np.ndarray = pixels(2, 1, 12, 12)) -> None:
            with self.assertRaises(Error) as raised:
                convlens.maps(nn.Sequential(*parts), pictures)
            self.assertIn(words, str(raised.exception))
            self.assertIn("; ", str(raised.exception))

        fails("the PyTorch model Sequential does not take pictures of shape (1, 9, 12)", *small(), pictures=pixels(2, 1, 9, 12))
        fails("1 (InstanceNorm2d) is none of convlens's layers", nn.Conv2d(1, 4, 3), nn.InstanceNorm2d(4), nn.Flatten(), nn.Linear(400, 3))
        fails("0 pads with reflect", nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect"), nn.Flatten(), nn.Linear(576, 3))
        fails("has a padding of (1, 0)", nn.Conv2d(1, 4, 3, padding=(1, 0)), nn.Flatten(), nn.Linear(480, 3))
        fails("is no Linear layer that gives the class scores", nn.Conv2d(1, 3, 12), nn.Flatten())
        twice = nn.Conv2d(1, 1, 3, padding=1)
        fails("uses 0.weight a second time", twice, twice, nn.Flatten(), nn.Linear(144, 3))
        fails("ceil_mode=True", nn.MaxPool2d(5, ceil_mode=True), nn.Flatten(), nn.Linear(9, 3))
        fails("weights are too many", nn.Flatten(), nn.Linear(144, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 3))


class Followed(Case):
    def setUp(self) -> None:
        super().setUp()
        torch.manual_seed(5)
        self.x, self.y = torch.from_numpy(pixels(75, 1, 12, 12) / np.float32(255)), torch.arange(75) % 3
        self.test = (pixels(20, 1, 12, 12, seed=1) / np.float32(255), np.arange(20) % 3)
        # However slow the machine is.
        grant = mock.patch.object(_runs, "_GRANT", 1e9)
        grant.start()
        self.addCleanup(grant.stop)

    def live(self, model: nn.Module, **options: object) -> convlens.torch.Live:
        given = {"epochs": 2, "batch_size": 20, "images": self.x, "test": self.test, "runs": self.runs, **options}
        return convlens.torch.Live(model, **given)  # type: ignore[arg-type]

    def probabilities(self, file: object) -> np.ndarray:
        bytes_ = np.rint(self.test[0] * 255).astype(np.uint8).reshape(20, 12, 12, 1)
        data = convlens._folder(self.folder / "again", bytes_, self.test[1].astype(np.uint8), list("abc"))
        out = self.folder / "maps.npz"
        convlens.run("maps", file, "--data", data, "--images", ",".join(map(str, range(20))), "--out", out)  # type: ignore[arg-type]
        with np.load(out) as arrays:
            return arrays["probabilities"]

    def test_a_loop_becomes_a_run(self) -> None:
        model = small()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        expected, means, at = [], [], [answers(model, self.test[0])]
        with self.live(model, optimizer=optimizer, class_names=list("abc")) as live:
            for epoch in range(2):
                sums = [0.0, 0.0]
                for start in range(0, 75, 20):
                    x, y = self.x[start : start + 20], self.y[start : start + 20]
                    logits = model(x)
                    loss = F.cross_entropy(logits, y)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    right = (logits.argmax(1) == y).float().mean()
                    expected.append([len(expected) + 1, loss.item(), right.item()])
                    sums = [sums[0] + loss.item() * len(x), sums[1] + right.item() * len(x)]
                    # In the one way and the other.
                    live.batch(loss, right) if epoch else live.batch(loss, logits, y)
                    at.append(answers(model, self.test[0]))
                means.append([each / 75 for each in sums])
                live.epoch(test_loss=torch.tensor(0.5), test_accuracy=0.25)
        told = manifest(live.folder)
        self.assertEqual((told["status"], told["images_per_epoch"]), ("finished", 75))
        self.assertEqual(told["trained_by"], {"program": f"PyTorch {torch.__version__}", "settings": "SGD, learning rate 0.1"})
        self.assertEqual((told["data"]["train"], told["data"]["classes"]), (75, ["a", "b", "c"]))
        for number, epoch in enumerate(told["epochs"]):
            self.assertEqual((epoch["epoch"], epoch["images"], epoch["test_loss"], epoch["test_accuracy"]), (number + 1, 75, 0.5, 0.25))
            np.testing.assert_allclose([epoch["train_loss"], epoch["train_accuracy"]], means[number], rtol=1e-6)
        np.testing.assert_allclose(curve(live.folder), expected, rtol=1e-5)
        kept = checkpoints(live.folder)
        self.assertEqual(list(kept), [0, 1, 2, 4, 8])
        for step, file in kept.items():
            self.close(self.probabilities(file), at[step])

    def test_how_a_loop_ends(self) -> None:
        for error, status, said in [
            (None, "stopped", None),
            (KeyboardInterrupt(), "stopped", None),
            (ValueError("too\nbad"), "failed", "ValueError: too bad"),
        ]:
            try:
                with self.live(small()) as live:
                    live.batch(1.5, 0.25)
                    if error is not None:
                        raise error
            except (KeyboardInterrupt, ValueError):
                pass
            told = manifest(live.folder)
            self.assertEqual((told["status"], told.get("error"), told["epochs"]), (status, said, []))
            np.testing.assert_array_equal(curve(live.folder), [[1, 1.5, 0.25]])

    def test_without_pictures(self) -> None:
        with self.live(small(), test=None, shape=(1, 12, 12), normalization=(0.5, 0.25)) as live:
            live.batch(1.0, 0.5)
        told = manifest(live.folder)
        self.assertNotIn("data", told)
        self.assertEqual(told["config"]["network"]["normalization"], {"mean": [0.5], "deviation": [0.25]})
        with self.assertRaisesRegex(Error, "pass test=.*or shape="):
            self.live(small(), test=None)
        with self.assertRaisesRegex(Error, "an epoch without batches"):
            with self.live(small()) as live:
                live.epoch()
