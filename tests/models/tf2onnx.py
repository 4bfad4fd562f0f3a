"""A small Keras network through tf2onnx, whose batch normalizations stand behind activations: python tf2onnx.py FILE. Prints what Keras says."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
import tf2onnx

layers = keras.layers
model = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        layers.Conv2D(3, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Conv2D(4, 5, padding="same", strides=2, activation="elu"),
        layers.BatchNormalization(),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(6, activation="tanh"),
        layers.BatchNormalization(),
        layers.Dense(10, activation="softmax"),
    ]
)
rng = np.random.default_rng(1)
for layer in model.layers:
    layer.set_weights([np.abs(rng.normal(0, 0.4, w.shape)) + 0.1 if w.ndim == 1 else rng.normal(0, 0.4, w.shape) for w in layer.get_weights()])
signature = [tf.TensorSpec((None, 28, 28, 1), tf.float32, name="x")]
tf2onnx.convert.from_function(tf.function(lambda x: model(x, training=False)), signature, opset=15, output_path=sys.argv[1])
picture = (np.arange(784) * 37 % 251).reshape(1, 28, 28, 1).astype("float32") / 255
print(model.predict(picture, verbose=0).tolist())
