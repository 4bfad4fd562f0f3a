"""Checks what `convlens histograms` says of the network 16-16 against PyTorch in float64: python histograms.py FOLDER."""

import json
import pathlib
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

folder = pathlib.Path(sys.argv[1])
answer = json.loads((folder / "histograms.json").read_text())
images = answer["images"]
raw = (folder / "train-images-idx3-ubyte").read_bytes()
_, count, height, width = struct.unpack(">4I", raw[:16])
pixels = np.frombuffer(raw, np.uint8, offset=16).reshape(count, 1, height, width)[:images]
labels = np.frombuffer((folder / "train-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)[:images]
x = torch.tensor(pixels / 255.0, dtype=torch.float64)
y = torch.tensor(labels.astype(np.int64))


def near(got, want, what):
    # Near a tie of a pool's window or a kink of ReLU rounding decides where a gradient goes.
    assert np.allclose(got, want, rtol=2e-3, atol=2e-3 * np.abs(want).max() + 1e-12), (what, got, want)


def rms(values):
    return np.sqrt(np.mean(np.square(values)))


before = None
for moment in answer["moments"]:
    file = next((folder / "runs").glob(f"*/checkpoints/{moment['step']:010}.safetensors"))
    w = {name: t.double().requires_grad_() for name, t in load_file(file).items()}
    outputs = {}
    outputs["conv1"] = F.relu(F.conv2d(x, w["conv1.weight"], w["conv1.bias"]))
    outputs["conv2"] = F.relu(F.conv2d(F.max_pool2d(outputs["conv1"], 2), w["conv2.weight"], w["conv2.bias"]))
    flat = F.max_pool2d(outputs["conv2"], 2).flatten(1)
    outputs["dense1"] = F.relu(F.linear(flat, w["dense1.weight"], w["dense1.bias"]))
    outputs["dense2"] = F.linear(outputs["dense1"], w["dense2.weight"], w["dense2.bias"])
    loss = F.cross_entropy(outputs["dense2"], y)
    loss.backward()
    near(moment["loss"], loss.item(), "loss")
    for layer in moment["layers"]:
        name = layer["layer"]
        what = f"{name} at {moment['step']}"
        weight = w[f"{name}.weight"]
        values, gradient = weight.detach().numpy().ravel(), weight.grad.numpy().ravel()
        near(layer["weights"]["quantiles"], np.quantile(values, answer["quantiles"]), f"weights of {what}")
        near(layer["gradients"]["quantiles"], np.quantile(gradient, answer["quantiles"]), f"gradients of {what}")
        near(layer["gradients"]["rms"], rms(gradient), f"gradients of {what}")
        output = outputs[name].detach().numpy()
        if layer["activations"]["count"] == output.size:
            near(layer["activations"]["quantiles"], np.quantile(output, answer["quantiles"]), f"activations of {what}")
        # Of many outputs some are kept, evenly spread.
        assert abs(layer["activations"]["rms"] / rms(output) - 1) < 0.02, what
        if layer["dead"] is not None:
            units = output.reshape(*output.shape[:2], -1)
            assert layer["dead"] == int((units == 0).all((0, 2)).sum()), what
        if before is not None:
            old = before[f"{name}.weight"].detach().numpy().ravel()
            ratio = np.linalg.norm(values - old) / np.linalg.norm(old) / (moment["step"] - step)
            near(layer["update_ratio"], ratio, f"update of {what}")
    before, step = w, moment["step"]
print(f"{len(answer['moments'])} moments as PyTorch has it")
