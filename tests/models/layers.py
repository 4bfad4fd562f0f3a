"""What Keras and PyTorch make of networks of every kind of layer.

    layers.py keras|torch DIR

DIR holds `pictures.bin` (two pictures of 28×28 bytes) and, for every network, NAME.keras, or NAME.py (the program that convlens
writes for PyTorch) and NAME.safetensors. Beside each it writes NAME.logits: float32 in the machine's order; of Keras the probabilities,
and the model as Keras and PyTorch themselves write it, NAME-again.keras, .h5 and .weights.h5, NAME.onnx.
"""

import glob
import os
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

kind, folder = sys.argv[1:]
pictures = np.fromfile(f"{folder}/pictures.bin", np.uint8).reshape(-1, 28, 28, 1).astype("float32") / 255
paths = sorted(glob.glob(f"{folder}/*.keras" if kind == "keras" else f"{folder}/*.py"))
assert paths
for path in paths:
    name = path.rsplit(".", 1)[0]
    if kind == "keras":
        import keras

        model = keras.models.load_model(path)
        out = np.asarray(model(pictures, training=False))
        for ending in ["keras", "h5"]:
            model.save(f"{name}-again.{ending}")
        model.save_weights(f"{name}-again.weights.h5")
    else:
        import torch
        from safetensors.torch import load_file
        from torch import nn

        # The network alone: from `model = ` to the parenthesis that closes it.
        text = open(path).read()
        for part in [r"^class Branches.*?^$(?=\n^\S)", r"^model = nn\.Sequential\($.*?^\)$"]:
            program = re.search(part, text, re.M | re.S)
            if program:
                exec(program.group(0))
        tensors = load_file(f"{name}.safetensors")
        parts = ["weight", "bias", "running_mean", "running_var"]
        order = open(f"{name}.layers").read().split()
        values = [tensors[f"{layer}.{part}"] for layer in order for part in parts if f"{layer}.{part}" in tensors]
        slots = [key for key in model.state_dict() if not key.endswith("num_batches_tracked")]
        model.load_state_dict(dict(zip(slots, values, strict=True)), strict=False)
        images = torch.from_numpy(pictures).permute(0, 3, 1, 2)
        # Batch normalizations go into the convolutions before them there.
        torch.onnx.export(model.eval(), (images[:1],), f"{name}.onnx", dynamo=False, opset_version=20)
        with torch.no_grad():
            out = model.eval()(images).numpy()
    out.astype("float32").tofile(f"{name}.logits")
print(len(paths), "networks")
