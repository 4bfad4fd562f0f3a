#!/usr/bin/env python3
"""A peer of convlens: trains any of its networks in PyTorch or Keras and says how fast.

    peers.py torch|torch-channels-last|keras --threads N --images FILE --labels FILE

FILE holds the training images, 784 bytes each, and their labels, a byte each, without headers. The conversation is one
JSON object a line, question on stdin and answer on stdout:

    {"network": {"layers": [{"type": "conv", "filters": 64, "kernel": 3, "padding": "valid"}, {"type": "max_pool"},
                            {"type": "dense", "units": 128}], "classes": 10}, "batch": 32}     -> {"parameters": 12345}
    {"seconds": 1.0}                                 trains on for about as long  -> {"images": 4096, "seconds": 1.003}

The work is the same for every peer: float32, Adam (0.001, epsilon 1e-7), images drawn in random order, divided by 255. Only
the training loop is timed. Keras trains by `fit`; the overhead of starting a fit is left out, as is building its graph.
"""

import argparse
import json
import os
import sys
import time


class Torch:
    def __init__(self, args, images, labels):
        import torch

        torch.set_num_threads(args.threads)
        torch.manual_seed(0)
        self.torch = torch
        self.channels_last = args.peer == "torch-channels-last"
        self.images = torch.tensor(images).unsqueeze(1)  # (images, 1, 28, 28)
        self.labels = torch.tensor(labels)

    def build(self, network, batch):
        torch, nn = self.torch, self.torch.nn
        layers, channels, side, flat = [], 1, 28, None
        for layer in network["layers"]:
            if layer["type"] == "conv":
                kernel = layer["kernel"]
                same = layer["padding"] == "same"
                layers += [nn.Conv2d(channels, layer["filters"], kernel, padding=kernel // 2 if same else 0), nn.ReLU()]
                channels, side = layer["filters"], side if same else side - kernel + 1
            elif layer["type"] == "max_pool":
                layers.append(nn.MaxPool2d(2))
                side //= 2
            elif layer["type"] == "dense":
                layers += [] if flat else [nn.Flatten()]
                layers += [nn.Linear(flat or channels * side * side, layer["units"]), nn.ReLU()]
                flat = layer["units"]
            else:
                raise ValueError(f"unknown layer {layer}")
        layers += [] if flat else [nn.Flatten()]
        layers.append(nn.Linear(flat or channels * side * side, network["classes"]))
        self.model = nn.Sequential(*layers)
        if self.channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.adam = torch.optim.Adam(self.model.parameters(), lr=1e-3, eps=1e-7, fused=True)
        self.batch = batch
        self.order, self.next = torch.randperm(len(self.labels)), 0
        return sum(p.numel() for p in self.model.parameters())

    def train(self, seconds):
        cross_entropy = self.torch.nn.functional.cross_entropy
        images = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            if self.next + self.batch > len(self.order):
                self.order, self.next = self.torch.randperm(len(self.labels)), 0
            rows = self.order[self.next : self.next + self.batch]
            self.next += self.batch
            loss = cross_entropy(self.model(self.images[rows]), self.labels[rows])
            self.adam.zero_grad(set_to_none=True)
            loss.backward()
            self.adam.step()
            images += self.batch
        return images, time.perf_counter() - start


class Keras:
    def __init__(self, args, images, labels):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
        tf.config.threading.set_inter_op_parallelism_threads(args.threads)
        tf.keras.utils.set_random_seed(0)
        self.keras = tf.keras
        self.images, self.labels = images[..., None], labels

        class Clock(tf.keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                self.ends = []

            def on_train_batch_end(self, batch, logs=None):
                self.ends.append(time.perf_counter())

        self.clock = Clock()

    def build(self, network, batch):
        L = self.keras.layers
        layers, flat = [L.Input((28, 28, 1))], False
        for layer in network["layers"]:
            if layer["type"] == "conv":
                conv = L.Conv2D(layer["filters"], layer["kernel"], padding=layer["padding"], activation="relu")
                layers.append(conv)
            elif layer["type"] == "max_pool":
                layers.append(L.MaxPooling2D(2))
            elif layer["type"] == "dense":
                layers += [] if flat else [L.Flatten()]
                layers.append(L.Dense(layer["units"], activation="relu"))
                flat = True
            else:
                raise ValueError(f"unknown layer {layer}")
        layers += [] if flat else [L.Flatten()]
        layers.append(L.Dense(network["classes"], activation="softmax"))
        self.model = self.keras.Sequential(layers)
        self.model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        self.batch = batch
        self._fit(4)
        images, seconds = self._fit(12)
        self.rate = images / seconds
        return self.model.count_params()

    def _fit(self, batches):
        count = min(batches * self.batch, len(self.labels) // self.batch * self.batch)
        x, y = self.images[:count], self.labels[:count]
        self.model.fit(x, y, batch_size=self.batch, verbose=0, callbacks=[self.clock])
        first, last = 2, len(self.clock.ends) - 1
        return (last - first) * self.batch, self.clock.ends[last] - self.clock.ends[first]

    def train(self, seconds):
        return self._fit(max(8, int(self.rate * seconds / self.batch)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=["torch", "torch-channels-last", "keras"])
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--labels", required=True)
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)

    import numpy as np

    images = np.fromfile(args.images, np.uint8).reshape(-1, 28, 28).astype("float32") / 255.0
    labels = np.fromfile(args.labels, np.uint8).astype("int64")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever the frameworks print is not an answer
    peer = (Keras if args.peer == "keras" else Torch)(args, images, labels)
    for line in sys.stdin:
        question = json.loads(line)
        if "network" in question:
            answer = {"parameters": int(peer.build(question["network"], question["batch"]))}
        else:
            done, seconds = peer.train(question["seconds"])
            answer = {"images": done, "seconds": seconds}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
