"""Opens networks that convlens exported, in Keras or PyTorch.

    open.py keras|torch DIR

Beside every NAME.keras and NAME.weights.h5, or NAME.safetensors, in DIR it writes NAME.expected.safetensors: what the
framework makes of two pictures, as make.py does. Needs what make.py needs.
"""

import glob
import json
import os
import sys

import numpy as np
from make import KERAS, keras_expected, torch_expected, torch_model
from safetensors import safe_open
from safetensors.numpy import save_file


def open_keras(path, pictures):
    import keras

    model = keras.models.load_model(f"{path}.keras")
    again = keras.models.clone_model(model)
    again.load_weights(f"{path}.weights.h5")
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    return keras_expected(model, pictures, "plain")


def open_torch(path, pictures):
    from torch import nn

    with safe_open(f"{path}.safetensors", "pt") as file:
        layers = json.loads(file.metadata()["convlens.network"])["layers"]
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    entry = {
        "conv": lambda layer: ("conv", layer["filters"], layer["kernel"], layer["padding"]),
        "max_pool": lambda layer: ("pool",),
        "dense": lambda layer: ("dense", layer["units"]),
    }
    model = torch_model([entry[layer["type"]](layer) for layer in layers], False)
    counts = {"conv": 0, "dense": 0}
    for layer in model:
        kind = {nn.Conv2d: "conv", nn.Linear: "dense"}.get(type(layer))
        if kind:
            counts[kind] += 1
            part = lambda part: tensors[f"{kind}{counts[kind]}.{part}"]
            layer.load_state_dict({"weight": part("weight"), "bias": part("bias")})
    return torch_expected(model, pictures)


ending, opened = (".keras", open_keras) if KERAS else (".safetensors", open_torch)
paths = [path for path in glob.glob(f"{sys.argv[2]}/*{ending}") if ".expected." not in path]
assert paths
for path in paths:
    path = path.removesuffix(ending)
    pictures = np.random.default_rng(1).integers(0, 256, (2, 28, 28), dtype=np.uint8)
    save_file(opened(path, pictures), f"{path}.expected.safetensors")
print(len(paths), "opened")
