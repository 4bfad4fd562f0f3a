"""Models made by Keras and PyTorch, for convlens to open.

    make.py keras|torch fixtures DIR            the small files in tests/models, opened without Python
    make.py keras|torch onnx DIR                the models of DIR/keras.keras or DIR/torch.safetensors as ONNX
    make.py torch saved DIR                     the model of DIR/torch.safetensors as torch.save and TorchScript write it
    make.py keras|torch all DIR IMAGES LABELS   models of several networks, trained for an epoch on IDX files

Beside every model stands NAME.expected.safetensors: two pictures (`pictures`), what each layer makes of them
(`conv1`, `pool1`, `dense1`, ... after ReLU, maps as images x channels x height x width), the class probabilities,
and the weights in PyTorch's layout. Needs keras (any backend), h5py and safetensors, or torch and safetensors; not both
at once, as TensorFlow and PyTorch do not bear each other in one process. ONNX needs onnx, and tf2onnx or onnxscript.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
from safetensors.numpy import save_file

KERAS = sys.argv[1:2] == ["keras"]
if KERAS:
    import keras
    from keras import layers as L
else:
    import torch
    from safetensors.torch import save_file as save_state
    from torch import nn

CONV = lambda filters, kernel=3, padding="valid": ("conv", filters, kernel, padding)
POOL, DENSE = ("pool",), lambda units: ("dense", units)
TINY = [CONV(2), POOL, CONV(3, 5, "same"), POOL, DENSE(5)]
NETWORKS = {
    "64-64": [CONV(64), POOL, CONV(64), POOL, DENSE(128)],
    "16-16": [CONV(16), POOL, CONV(16), POOL, DENSE(128)],
    "one-conv": [CONV(64), POOL, DENSE(128)],
    "three-convs": [CONV(64), POOL, CONV(64), POOL, CONV(64), POOL, DENSE(128)],
    "same": [CONV(8, 3, "same"), POOL, CONV(12, 3, "same"), POOL, DENSE(32)],
    "5x5": [CONV(8, 5), POOL, CONV(12, 5), POOL, DENSE(32)],
    "two-dense": [CONV(16), POOL, DENSE(64), DENSE(32)],
    "dense": [DENSE(128)],
}


def keras_model(network, style):
    """`plain` as in the notebook; `rescaled` takes bytes; `apart` has activations as layers of their own."""
    stack = [L.Input((28, 28, 1))]
    if style == "rescaled":
        stack.append(L.Rescaling(1 / 255))
    relu = None if style == "apart" else "relu"
    flat = False
    for kind, *numbers in network:
        if kind == "conv":
            filters, kernel, padding = numbers
            stack.append(L.Conv2D(filters, kernel, padding=padding, activation=relu))
        elif kind == "pool":
            stack.append(L.MaxPooling2D(2))
            continue
        else:
            if not flat:
                stack.append(L.Flatten())
                flat = True
            stack.append(L.Dense(numbers[0], activation=relu))
        if style == "apart":
            stack += [L.ReLU() if kind == "conv" else L.Activation("relu"), L.Dropout(0.2)]
    if not flat:
        stack.append(L.Flatten())
    stack.append(L.Dense(10, activation=None if style == "apart" else "softmax"))
    if style == "apart":
        stack.append(L.Softmax())
    return keras.Sequential(stack)


def keras_expected(model, pictures, style):
    x = pictures.astype("float32")[..., None]
    if style != "rescaled":
        x = x / 255
    found, counts, name = {}, {}, None
    nchw = lambda x: np.ascontiguousarray(np.moveaxis(x, -1, 1) if x.ndim == 4 else x)
    maps = None
    for layer in model.layers:
        if isinstance(layer, L.Flatten):
            maps = x.shape[1:]
        x = np.asarray(layer(x, training=False))
        kind = {L.Conv2D: "conv", L.MaxPooling2D: "pool", L.Dense: "dense"}.get(type(layer))
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
            name = f"{kind}{counts[kind]}"
        if kind in ("conv", "dense"):
            kernel, bias = layer.get_weights()
            if kind == "conv":
                kernel = kernel.transpose(3, 2, 0, 1)
            elif maps is not None and name == "dense1":
                height, width, channels = maps
                kernel = kernel.reshape(height, width, channels, -1).transpose(3, 2, 0, 1)
                kernel = kernel.reshape(kernel.shape[0], -1)
            else:
                kernel = kernel.T
            found[f"{name}.weight"], found[f"{name}.bias"] = np.ascontiguousarray(kernel), bias
        if name and not isinstance(layer, L.Flatten):
            found[name] = nchw(x)
    found["probabilities"] = found.pop(name)
    found["pictures"] = pictures
    return found


def torch_model(network, named):
    stack, side, channels, flat = [], 28, 1, False
    for kind, *numbers in network:
        if kind == "conv":
            filters, kernel, padding = numbers
            same = padding == "same"
            stack += [nn.Conv2d(channels, filters, kernel, padding=kernel // 2 if same else 0), nn.ReLU()]
            side, channels = side if same else side - kernel + 1, filters
        elif kind == "pool":
            stack.append(nn.MaxPool2d(2))
            side //= 2
        else:
            units = numbers[0]
            if not flat:
                stack.append(nn.Flatten())
                channels, flat = channels * side * side, True
            stack += [nn.Linear(channels, units), nn.ReLU()]
            channels = units
    stack.append(nn.Linear(channels, 10))
    if not named:
        return nn.Sequential(*stack)
    net, counts = nn.Sequential(), {}
    for layer in stack:
        word = {nn.Conv2d: "conv", nn.Linear: "fc"}.get(type(layer), type(layer).__name__)
        counts[word] = counts.get(word, 0) + 1
        net.add_module(f"{word}{counts[word]}", layer)
    return net


def torch_expected(model, pictures):
    x = torch.from_numpy(pictures[:, None].astype("float32") / 255)
    found, counts, name = {}, {}, None
    with torch.no_grad():
        for layer in model:
            x = layer(x)
            kind = {nn.Conv2d: "conv", nn.MaxPool2d: "pool", nn.Linear: "dense"}.get(type(layer))
            if kind:
                counts[kind] = counts.get(kind, 0) + 1
                name = f"{kind}{counts[kind]}"
            if kind in ("conv", "dense"):
                found[f"{name}.weight"] = layer.weight.numpy()
                found[f"{name}.bias"] = layer.bias.numpy()
            if name and x.ndim in (2, 4) and not isinstance(layer, nn.Flatten):
                found[name] = x.numpy().copy()
    found.pop(name)
    found["probabilities"] = torch.softmax(x, 1).numpy()
    found["pictures"] = pictures
    return found


def train_keras(model, images, labels, style):
    x = images[..., None].astype("float32") / (1 if style == "rescaled" else 255)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(x, labels, epochs=1, batch_size=32, verbose=0)


def train_torch(model, images, labels):
    x = torch.from_numpy(images[:, None].astype("float32") / 255)
    y = torch.from_numpy(labels.astype("int64"))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for start in range(0, len(x), 32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32]).backward()
        optimizer.step()


def make_keras(folder, name, network, style, images, labels, trained):
    keras.utils.clear_session()
    model = keras_model(network, style)
    if trained:
        train_keras(model, images, labels, style)
    else:
        rng = np.random.default_rng(2)
        model.set_weights([w + rng.normal(0, 0.1, w.shape) for w in model.get_weights()])
    path = os.path.join(folder, name)
    model.save(f"{path}.keras")
    model.save(f"{path}.h5")
    model.save_weights(f"{path}.weights.h5")
    save_file(keras_expected(model, images[:2], style), f"{path}.expected.safetensors")


def make_torch(folder, name, network, named, images, labels, trained):
    model = torch_model(network, named)
    if trained:
        train_torch(model, images, labels)
    path = os.path.join(folder, name)
    save_state(model.state_dict(), f"{path}.safetensors")
    torch.save(model if named else model.state_dict(), f"{path}.pt")
    save_file(torch_expected(model, images[:2]), f"{path}.expected.safetensors")


def forget_origin(path):
    """Removes what PyTorch notes of each node, with paths of the machine that exported it."""
    import onnx

    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    for part in [*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        part.doc_string = ""
        del part.metadata_props[:]
    onnx.save(model, path)


def tiny_torch(folder):
    from safetensors.torch import load_file

    model = torch_model(TINY, False)
    model.load_state_dict(load_file(os.path.join(folder, "torch.safetensors")))
    return model


def save_torch(folder):
    at = lambda name: os.path.join(folder, name)
    model = tiny_torch(folder)
    state = model.state_dict()
    torch.save(state, at("torch.pt"))
    torch.save(state, at("torch-legacy.pth"), _use_new_zipfile_serialization=False)
    torch.save(model, at("torch-module.pt"))
    torch.jit.save(torch.jit.script(model), at("torch-script.pt"))
    # As a loop saves it that trains in parallel, with an optimizer that has tensors of its own.
    optimizer = torch.optim.Adam(model.parameters(), 0.0)
    model(torch.zeros(1, 1, 28, 28)).sum().backward()
    optimizer.step()
    state = {f"module.{name}": value.double() for name, value in state.items()}
    parts = {"epoch": 3, "losses": [0.5, 0.25], "optimizer": optimizer.state_dict(), "state_dict": state}
    torch.save(parts, at("torch-checkpoint.pth"))
    # Views of one storage, each stepping through it another way.
    whole = torch.cat([value.transpose(0, -1).flatten() for value in model.state_dict().values()])
    views, start = {}, 0
    for name, value in model.state_dict().items():
        turned = value.transpose(0, -1)
        views[name] = whole[start : start + value.numel()].view(turned.shape).transpose(0, -1)
        start += value.numel()
    torch.save(views, at("torch-views.pt"), pickle_protocol=4)


class Pixels(nn.Module if not KERAS else object):
    """Bytes, normalized channel by channel."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.3, 0.4, 0.5]).reshape(3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.2, 0.25, 0.3]).reshape(3, 1, 1))

    def forward(self, pictures):
        return (pictures / 255 - self.mean) / self.deviation


def make_onnx(folder):
    at = lambda name: os.path.join(folder, name)
    if KERAS:
        model = keras.models.load_model(at("keras.keras"))
        model(np.zeros((1, 28, 28, 1), "float32"))
        model.export(at("keras.onnx"), format="onnx")
        return
    model = tiny_torch(folder)
    pictures = (torch.zeros(1, 1, 28, 28),)
    # Weights of more than a kilobyte go to torch.onnx.data.
    torch.onnx.export(model.eval(), pictures, at("torch.onnx"))
    forget_origin(at("torch.onnx"))
    torch.onnx.export(model.eval(), pictures, at("torch-script.onnx"), dynamo=False)
    torch.manual_seed(3)
    model = nn.Sequential(Pixels(), nn.Conv2d(3, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2))
    pictures = (torch.zeros(1, 3, 8, 8),)
    torch.onnx.export(model.eval(), pictures, at("torch-normalized.onnx"), dynamo=False)


def main():
    what, folder = sys.argv[2:4]
    os.makedirs(folder, exist_ok=True)
    if KERAS:
        keras.utils.set_random_seed(1)
    else:
        torch.manual_seed(1)
        torch.set_num_threads(1)
    if what == "onnx":
        make_onnx(folder)
        return
    if what == "saved":
        save_torch(folder)
        return
    if what == "fixtures":
        images = np.random.default_rng(1).integers(0, 256, (2, 28, 28), dtype=np.uint8)
        if KERAS:
            make_keras(folder, "keras", TINY, "apart", images, None, False)
        else:
            make_torch(folder, "torch", TINY, False, images, None, False)
        return
    with open(sys.argv[4], "rb") as file:
        images = np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 28, 28)
    with open(sys.argv[5], "rb") as file:
        labels = np.frombuffer(file.read()[8:], np.uint8)
    for index, (name, network) in enumerate(NETWORKS.items()):
        if KERAS:
            style = ["plain", "rescaled", "apart"][index % 3]
            make_keras(folder, name, network, style, images, labels, True)
        else:
            make_torch(folder, name, network, index % 2 == 1, images, labels, True)


if __name__ == "__main__":
    main()
