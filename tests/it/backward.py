"""Checks what `convlens overview --gradient` said against PyTorch: python backward.py FOLDER."""

import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.numpy import load_file
from torch.nn import functional as F

folder = pathlib.Path(sys.argv[1])
weights = {name: torch.from_numpy(value) for name, value in load_file(folder / "network.safetensors").items()}
maps = np.load(folder / "maps.npz")


def forward(x):
    """Every layer of the built-in network by its name."""
    layers = {"": x}
    for n in (1, 2):
        x = layers[f"conv{n}"] = F.relu(F.conv2d(x, weights[f"conv{n}.weight"], weights[f"conv{n}.bias"]))
        x = layers[f"pool{n}"] = F.max_pool2d(x, 2)
    x = layers["dense1"] = F.relu(F.linear(x.flatten(1), weights["dense1.weight"], weights["dense1.bias"]))
    layers["dense2"] = F.linear(x, weights["dense2.weight"], weights["dense2.bias"])
    return layers


checked = 0
for path in sorted(folder.glob("*-*.json")):
    said = json.loads(path.read_text())
    index = list(maps["images"]).index(said["image"])
    pixels = torch.from_numpy(maps["pixels"][index].astype(np.float32) / 255)
    layers = forward(pixels.reshape(1, 1, 28, 28).requires_grad_())
    for layer in layers.values():
        layer.retain_grad()
    (kind, number), value = *said["gradient"][0].items(), said["gradient"][1]
    logits = layers["dense2"]
    asked = F.cross_entropy(logits, torch.tensor([number])) if kind == "loss" else logits[0, number]
    asked.backward()
    assert np.isclose(asked.item(), value, rtol=1e-4, atol=1e-5), (asked.item(), value)
    for column in said["layers"]:
        gradient = layers[column["name"]].grad[0]
        means = gradient.flatten(1).mean(1) if gradient.dim() == 3 else gradient
        expected = means[column["channels"]].numpy()
        largest = np.abs(expected).max()
        off = np.abs(np.array(column["mean_gradients"]) - expected).max()
        assert off < 1e-4 * largest + 1e-9, (path.name, column["name"], off, largest)
        checked += len(expected)
print(f"{checked} gradients as PyTorch has it")
