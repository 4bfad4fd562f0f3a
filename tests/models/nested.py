"""Keras models with models among their layers: NAME.keras, NAME.h5, NAME.weights.h5, and NAME.logits in float32.

    nested.py DIR

DIR holds `pictures.bin`: two pictures of 28×28 bytes, which are divided by 255 here.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers as L

folder = sys.argv[1]
pictures = np.fromfile(f"{folder}/pictures.bin", np.uint8).reshape(-1, 28, 28, 1).astype("float32") / 255
keras.utils.set_random_seed(5)


def augmented():
    augmentation = keras.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.1)], name="augmentation")
    conv = keras.Sequential([L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D()], name="first")
    more = keras.Sequential([L.Conv2D(6, 3), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D()])
    return keras.Sequential([L.Input((28, 28, 1)), augmentation, conv, more, L.Flatten(), L.Dense(10)])


def base():
    given = out = L.Input((28, 28, 1))
    for layer in [L.Conv2D(4, 3, activation="relu"), L.BatchNormalization(), L.MaxPooling2D()]:
        out = layer(out)
    inner = keras.Model(given, out, name="inner")
    given = L.Input((28, 28, 1))
    out = L.Conv2D(4, 3, padding="same")(inner(given))
    out = L.Dense(12, activation="relu")(L.Flatten()(L.ReLU()(out)))
    middle = keras.Model(given, out, name="middle")
    return keras.Sequential([L.Input((28, 28, 1)), middle, L.Dropout(0.5), L.Dense(10)])


for name, model in [("augmented", augmented()), ("base", base())]:
    # Running means and variances of their own.
    for weight in model.weights:
        weight.assign(weight + 0.1 * np.random.default_rng(len(weight.path)).random(weight.shape))
    np.asarray(model(pictures, training=False)).astype("float32").tofile(f"{folder}/{name}.logits")
    for ending in ["keras", "h5"]:
        model.save(f"{folder}/{name}.{ending}")
    model.save_weights(f"{folder}/{name}.weights.h5")
print("saved")
