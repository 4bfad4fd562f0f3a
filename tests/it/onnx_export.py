"""Runs exported ONNX models with the reference implementation of the standard itself: python onnx_export.py FOLDER."""

import pathlib
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

folder = pathlib.Path(sys.argv[1])
for path in sorted(folder.glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shape = [side.dim_value for side in model.graph.input[0].type.tensor_type.shape.dim][1:]
    pixels = np.fromfile(folder / f"{path.stem}.bin", np.uint8).reshape(-1, *shape[1:], shape[0])
    pictures = pixels.transpose(0, 3, 1, 2).astype(np.float32) / 255
    (logits,) = ReferenceEvaluator(model).run(["logits"], {"input": pictures})
    logits.astype("<f4").tofile(folder / f"{path.stem}.logits")
    print(path.stem, logits.shape)
