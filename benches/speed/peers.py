#!/usr/bin/env python3
"""A peer of convlens: trains any of its networks in PyTorch or Keras and says how fast.

    peers.py torch|torch-channels-last|torch-bfloat16|keras --threads N
             --images FILE --labels FILE --size HEIGHT WIDTH CHANNELS

FILE holds the training images, height x width x channels bytes each, and their labels, a byte each, without headers. The
conversation is one JSON object a line, question on stdin and answer on stdout; Keras trains stacks of plain convolutions,
pools and dense layers alone:

    {"network": {"layers": [{"type": "conv", "filters": 64, "kernel": 3, "padding": "valid"}, {"type": "max_pool"},
                            {"type": "dense", "units": 128}], "classes": 10}, "batch": 32}     -> {"parameters": 12345}
    {"seconds": 1.0}                                 trains on for about as long  -> {"images": 4096, "seconds": 1.003}

The work is the same for every peer: float32 (but for `torch-bfloat16`, whose convolutions and products are rounded by
autocast), Adam (0.001, epsilon 1e-7), images drawn in random order, divided by 255. Only the training loop is timed. Keras
trains by `fit`; the overhead of starting a fit is left out, as is building its graph.
"""

import argparse
import contextlib
import json
import os
import sys
import time


def pair(sides):
    return tuple(sides) if isinstance(sides, list) else (sides, sides)


def border(layer, kernel):
    """What PyTorch calls padding; with a stride it knows no `same`, for which half of the kernel stands."""
    padding = layer.get("padding", "valid")
    if padding == "same":
        return "same" if layer["type"] == "conv" and pair(layer.get("stride", 1)) == (1, 1) else tuple(s // 2 for s in kernel)
    return (0, 0) if padding == "valid" else (padding, padding)


class Torch:
    def __init__(self, args, images, labels):
        import torch

        torch.set_num_threads(args.threads)
        torch.manual_seed(0)
        self.torch = torch
        self.channels_last = args.peer != "torch"
        autocast = lambda: torch.autocast("cpu", dtype=torch.bfloat16)
        self.precision = autocast if args.peer == "torch-bfloat16" else contextlib.nullcontext
        layout = torch.channels_last if self.channels_last else torch.contiguous_format
        self.images = torch.tensor(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)  # (images, channels, height, width)
        self.labels = torch.tensor(labels)
        nn = torch.nn

        class Branches(nn.Module):
            def __init__(self, branches, joined):
                super().__init__()
                self.branches, self.joined = nn.ModuleList(branches), joined

            def forward(self, x):
                out = [branch(x) for branch in self.branches]
                return sum(out[1:], out[0]) if self.joined == "add" else torch.cat(out, 1)

        class GlobalMax(nn.Module):
            def forward(self, x):
                return x.amax((2, 3))

        self.branches, self.global_max = Branches, GlobalMax

    def activation(self, function):
        nn = self.torch.nn
        name, number = (function, None) if isinstance(function, str) else next(iter(function.items()))
        if name == "none":
            return []
        if name == "leaky_relu":
            return [nn.LeakyReLU(0.01 if number is None else number)]
        plain = {"relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
        return [plain[name]()]

    def layer(self, layer):
        """The modules of one layer, lazy: the first pictures tell them their inputs."""
        nn, kind = self.torch.nn, layer["type"]
        bias, after = layer.get("bias", True), self.activation(layer.get("activation", "relu"))
        if kind == "conv":
            kernel, dilation = pair(layer.get("kernel", 3)), pair(layer.get("dilation", 1))
            rest = dict(stride=pair(layer.get("stride", 1)), dilation=dilation, bias=bias)
            rest["padding"] = border(layer, kernel)
            # 0 stands for as many groups as channels; those of these networks are the filters.
            rest["groups"] = layer.get("groups", 1) or layer["filters"]
            return [nn.LazyConv2d(layer["filters"], kernel, **rest), *after]
        if kind in ("max_pool", "average_pool"):
            size = pair(layer.get("size", 2))
            pool = nn.MaxPool2d if kind == "max_pool" else nn.AvgPool2d
            return [pool(size, pair(layer.get("stride") or list(size)), border(layer, size))]
        if kind == "global_average_pool":
            return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        if kind == "global_max_pool":
            return [self.global_max()]
        if kind == "batch_norm":
            return [nn.LazyBatchNorm2d(eps=layer.get("epsilon", 1e-3), momentum=1 - layer.get("momentum", 0.99))]
        if kind == "dropout":
            return [nn.Dropout(layer["rate"])]
        if kind == "activation":
            return self.activation(layer["function"])
        if kind == "dense":
            return [nn.Flatten(), nn.LazyLinear(layer["units"], bias=bias), *after]
        raise ValueError(f"unknown layer {layer}")

    def stack(self, layers):
        """The modules up to the end of a branch; takes these layers off the list."""
        nn, modules = self.torch.nn, []
        while layers and layers[0]["type"] not in ("branch", "add", "concatenate"):
            layer = layers.pop(0)
            if layer["type"] != "split":
                modules += self.layer(layer)
                continue
            branches, end = [], None
            while end not in ("add", "concatenate"):
                branches.append(self.stack(layers))
                end = layers.pop(0)["type"]
            # An empty branch behind the last `branch` hands on what it was given.
            modules.append(self.branches(branches, end))
        return nn.Sequential(*modules)

    def build(self, network, batch):
        torch, nn = self.torch, self.torch.nn
        self.model = self.stack(list(network["layers"]))
        self.model.append(nn.Flatten()).append(nn.LazyLinear(network["classes"]))
        self.model(self.images[:2])
        if self.channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.adam = torch.optim.Adam(self.model.parameters(), lr=1e-3, eps=1e-7, fused=True)
        self.batch = batch
        self.order, self.next = torch.randperm(len(self.labels)), 0
        # Running means and variances count too, as Keras has it.
        held = [*self.model.parameters(), *(b for b in self.model.buffers() if b.dim())]
        return sum(p.numel() for p in held)

    def train(self, seconds):
        cross_entropy = self.torch.nn.functional.cross_entropy
        images = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            if self.next + self.batch > len(self.order):
                self.order, self.next = self.torch.randperm(len(self.labels)), 0
            rows = self.order[self.next : self.next + self.batch]
            self.next += self.batch
            with self.precision():
                logits = self.model(self.images[rows])
            loss = cross_entropy(logits.float(), self.labels[rows])
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
        self.images, self.labels = images, labels

        class Clock(tf.keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                self.ends = []

            def on_train_batch_end(self, batch, logs=None):
                self.ends.append(time.perf_counter())

        self.clock = Clock()

    def build(self, network, batch):
        L = self.keras.layers
        layers, flat = [L.Input(self.images.shape[1:])], False
        for layer in network["layers"]:
            if layer["type"] == "conv":
                conv = L.Conv2D(layer["filters"], layer["kernel"], padding=layer.get("padding", "valid"), activation="relu")
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
    parser.add_argument("peer", choices=["torch", "torch-channels-last", "torch-bfloat16", "keras"])
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--size", type=int, nargs=3, required=True)
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)

    import numpy as np

    images = np.fromfile(args.images, np.uint8).reshape(-1, *args.size).astype("float32") / 255.0
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
