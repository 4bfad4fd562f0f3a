"""Keras models that begin with what `adapt()` has found of bytes: NAME.keras, NAME.h5, and NAME.logits in float32.

    adapted.py DIR

DIR holds `pictures.bin`: two pictures of 28×28 bytes.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers

folder = sys.argv[1]
pictures = np.fromfile(f"{folder}/pictures.bin", np.uint8).reshape(-1, 28, 28, 1).astype("float32")
keras.utils.set_random_seed(5)
for name in ["sequential", "functional"]:
    normalization = layers.Normalization(axis=-1)
    normalization.adapt(np.random.default_rng(3).integers(0, 256, (50, 28, 28, 1)).astype("float32"))
    stack = [normalization, layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(10)]
    if name == "sequential":
        model = keras.Sequential([layers.Input((28, 28, 1)), *stack])
    else:
        given = out = layers.Input((28, 28, 1))
        for layer in stack:
            out = layer(out)
        model = keras.Model(given, out)
    np.asarray(model(pictures, training=False)).astype("float32").tofile(f"{folder}/{name}.logits")
    for ending in ["keras", "h5"]:
        model.save(f"{folder}/{name}.{ending}")
print("saved")
