"""What a PyTorch module computes, traced by torch.fx and written as a network of convlens."""

from __future__ import annotations

import collections
import operator
from typing import Any, Callable, Dict, List, Sequence, Tuple, Union

import torch
import torch.nn.functional as F
from torch import fx, nn

from ._program import Error

__all__ = ["NotTraced", "read"]

# Where the values of a tensor come from: a tensor of the module, or a number so many times.
Source = Union[str, Tuple[float, int]]
Layer = Dict[str, Any]


class NotTraced(Exception):
    """Python decides on the way what the module computes, so that nobody can read it from there."""


# What functions and methods do, by the module that does the same.
_FUNCTIONS: dict[Any, Any] = {
    F.relu: nn.ReLU, torch.relu: nn.ReLU, torch.relu_: nn.ReLU, F.leaky_relu: nn.LeakyReLU, F.relu6: nn.ReLU6, F.elu: nn.ELU,
    F.selu: nn.SELU, F.gelu: nn.GELU, F.silu: nn.SiLU, F.tanh: nn.Tanh, torch.tanh: nn.Tanh, F.sigmoid: nn.Sigmoid,
    torch.sigmoid: nn.Sigmoid, F.hardsigmoid: nn.Hardsigmoid, F.hardswish: nn.Hardswish, F.hardtanh: nn.Hardtanh,
    F.conv2d: nn.Conv2d, torch.conv2d: nn.Conv2d, F.linear: nn.Linear, F.batch_norm: nn.BatchNorm2d,
    F.max_pool2d: nn.MaxPool2d, torch.max_pool2d: nn.MaxPool2d, F.avg_pool2d: nn.AvgPool2d,
    F.adaptive_avg_pool2d: nn.AdaptiveAvgPool2d, F.adaptive_max_pool2d: nn.AdaptiveMaxPool2d,
    F.dropout: nn.Dropout, F.dropout2d: nn.Dropout2d, F.softmax: nn.Softmax, torch.softmax: nn.Softmax,
    F.log_softmax: nn.LogSoftmax, torch.log_softmax: nn.LogSoftmax,
    torch.flatten: nn.Flatten, torch.reshape: nn.Flatten, torch.squeeze: nn.Flatten, torch.unsqueeze: nn.Flatten,
    operator.add: "add", operator.iadd: "add", torch.add: "add", torch.cat: "cat", torch.concat: "cat", torch.mean: "mean",
}  # fmt: skip
_METHODS: dict[str, Any] = {
    "relu": nn.ReLU, "relu_": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "softmax": nn.Softmax, "log_softmax": nn.LogSoftmax,
    "flatten": nn.Flatten, "view": nn.Flatten, "reshape": nn.Flatten, "squeeze": nn.Flatten, "unsqueeze": nn.Flatten,
    "contiguous": nn.Identity, "add": "add", "add_": "add", "mean": "mean",
}  # fmt: skip
# Modules that change nothing once a model is trained.
_NOTHING = (nn.Identity, nn.Dropout2d, nn.AlphaDropout, nn.FeatureAlphaDropout)
_PLAIN: dict[Any, str] = {
    nn.ReLU: "relu", nn.ReLU6: "relu6", nn.SELU: "selu", nn.SiLU: "silu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid",
    nn.Hardsigmoid: "hard_sigmoid", nn.Hardswish: "hard_silu",
}  # fmt: skip
_SOFTMAX = (nn.Softmax, nn.LogSoftmax)


def read(module: nn.Module, shape: Sequence[int] | None, called: str) -> tuple[dict[str, Any], dict[str, Source]]:
    """The network, and for each of its tensors where its values come from."""
    if shape is None:
        raise Error(f"{called}: nothing says the size of its pictures; pass test=(x_test, y_test) or shape=(1, 28, 28)")
    return _Reader(module, shape, called).network()


class _Reader:
    def __init__(self, module: nn.Module, shape: Sequence[int], called: str) -> None:
        self._called = called
        modes = {part: part.training for part in module.modules()}
        module.eval()
        try:
            try:
                self._traced = fx.symbolic_trace(module)
            except Exception as error:  # noqa: BLE001, whatever the module's code does with what is no tensor
                raise NotTraced(" ".join(str(error).split())[:200]) from error
            self._size = self._shapes(module, tuple(shape))
        finally:
            for part, mode in modes.items():
                part.training = mode
        self._modules = dict(self._traced.named_modules())
        # The nodes that everything behind the picture has to pass to come to a node, in order.
        self._before: dict[fx.Node, list[fx.Node]] = {}
        self._used: dict[str, str] = {}
        self._weighted: dict[int, list[tuple[str, Source]]] = {}

    def _shapes(self, module: nn.Module, shape: tuple[int, ...]) -> tuple[int, int, int]:
        """Has every node know the shape of what it puts out; the channels, height and width of the pictures."""
        first = next(iter(module.parameters()), torch.zeros(1))
        ways = [shape]
        if len(shape) == 2:
            ways.append((1, *shape))
        elif len(shape) == 3:
            ways.append((shape[2], shape[0], shape[1]))
        fault: Exception | None = None
        for way in ways:
            pictures = torch.zeros((2, *way), device=first.device, dtype=first.dtype)
            try:
                with torch.no_grad():
                    _Sizes(self._traced).run(pictures)
            except Exception as error:  # noqa: BLE001, whatever does not fit
                fault = fault or error
                continue
            if len(way) == 3:
                return way
            side = round(way[0] ** 0.5) if len(way) == 1 else 0
            return (1, side, side) if len(way) == 1 else (1, *way)  # type: ignore[return-value]
        said = " ".join(str(fault).split())[:200]
        raise Error(f"{self._called} does not take pictures of shape {shape} ({said}); pass them as it is given them in training") from fault

    def network(self) -> tuple[dict[str, Any], dict[str, Source]]:
        nodes = list(self._traced.graph.nodes)
        inputs = [node for node in nodes if node.op == "placeholder" and node.users]
        if len(inputs) != 1:
            raise self._fault(None, f"takes {len(inputs)} inputs", "only models of one batch of pictures open")
        self._picture = inputs[0]
        end = next(node for node in nodes if node.op == "output").args[0]
        if not isinstance(end, fx.Node):
            raise self._fault(None, "puts out several things", "have it return the class scores alone")
        for node in nodes:
            self._dominated(node)
        while self._kind(end) in _SOFTMAX or self._kind(end) is nn.Identity:
            end = self._given(end)[0]
        layers = self._layers(end, self._picture)
        last = layers[-1] if layers else {}
        if last.get("type") != "dense" or last["activation"] != "none":
            raise self._fault(end, "is no Linear layer that gives the class scores", "end the model with one, or with its softmax")
        classes = last["units"]
        tensors: dict[str, Source] = {}
        counts: collections.Counter[str] = collections.Counter()
        for layer in layers:
            stem = "norm" if layer["type"] == "batch_norm" else str(layer["type"])
            counts[stem] += 1
            for part, source in self._weighted.get(id(layer), []):
                tensors[f"{stem}{counts[stem]}.{part}"] = source
        # The output layer always has a bias.
        tensors.setdefault(f"dense{counts['dense']}.bias", (0.0, classes))
        channels, height, width = self._size
        size = {"height": height, "width": width, "channels": channels}
        return {"layers": layers[:-1], "classes": classes, "input": size}, tensors

    # The graph.

    def _fault(self, node: fx.Node | None, what: str, remedy: str) -> Error:
        where = "" if node is None else f"{node.target if node.op == 'call_module' else node.name} "
        return Error(f"{self._called}: {where}{what}; {remedy}")

    def _dominated(self, node: fx.Node) -> None:
        befores = [self._before[given] for given in node.all_input_nodes if self._picture in self._before.get(given, ())]
        if node is self._picture:
            self._before[node] = [node]
        elif befores:
            self._before[node] = [other for other in befores[0] if all(other in before for before in befores)] + [node]
        else:
            # Weights, numbers, sizes.
            self._before[node] = []
        if node.op == "call_method" and node.target == "size" or node.op == "call_function" and node.target is getattr:
            self._before[node] = []

    def _kind(self, node: fx.Node) -> Any:
        """What it does: a class of modules, `add`, `cat`, `mean`, or what it is called."""
        if node.op == "call_module":
            return type(self._modules[str(node.target)])
        if node.op == "call_function":
            return _FUNCTIONS.get(node.target, getattr(node.target, "__name__", str(node.target)))
        if node.op == "call_method":
            return _METHODS.get(str(node.target), str(node.target))
        return node.op

    def _given(self, node: fx.Node) -> list[fx.Node]:
        """The maps that it computes with, in order."""
        first = node.args[0] if node.args else next(iter(node.kwargs.values()))
        given = list(first) if isinstance(first, (list, tuple)) else [first, *node.args[1:]]
        return [other for other in given if isinstance(other, fx.Node) and self._before[other]]

    def _layers(self, node: fx.Node, start: fx.Node) -> list[Layer]:
        """The layers from behind `start` up to `node`, which nothing passes but through `start`."""
        chain: list[list[Layer]] = []
        while node is not start:
            given = self._given(node)
            kind = self._kind(node)
            if kind in ("add", "cat"):
                fork, block = self._block(node, given, kind)
                chain.append(block)
                node = fork
            elif len(given) == 1:
                chain.append(self._layer(node, kind))
                node = given[0]
            else:
                raise self._fault(node, f"({_said(kind)}) is none of convlens's layers", "see docs/files.md for those there are")
        layers: list[Layer] = []
        for part in reversed(chain):
            for layer in part:
                before = layers[-1] if layers else {}
                if layer["type"] == "activation" and before.get("activation") == "none":
                    before["activation"] = layer["function"]
                else:
                    layers.append(layer)
        return layers

    def _block(self, node: fx.Node, given: list[fx.Node], kind: str) -> tuple[fx.Node, list[Layer]]:
        if kind == "cat" and self._option(node, "dim", 0) not in (1, 1 - len(_shape(node))):
            raise self._fault(node, "joins another dimension than the channels", "use dim=1")
        is_sum = kind == "add" and (len(node.args) != 2 or node.kwargs)
        if len(given) < 2 or is_sum or any(_shape(other) != _shape(given[0]) for other in given) and kind == "add":
            raise self._fault(node, "adds what are no two branches of one shape", "only branches of the same pictures are added")
        if kind == "cat" and len(_shape(node)) == 2 and any(self._is_flattened(other) for other in given):
            raise self._fault(node, "joins maps that were flattened", "join the maps themselves, and flatten then")
        fork = [other for other in self._before[given[0]] if all(other in self._before[each] for each in given)][-1]
        layers: list[Layer] = [{"type": "split"}]
        for number, end in enumerate(given):
            layers += [{"type": "branch"}] if number else []
            layers += self._layers(end, fork)
        return fork, [*layers, {"type": "add" if kind == "add" else "concatenate"}]

    def _is_flattened(self, node: fx.Node) -> bool:
        """Whether maps of several values each became a vector on the way here, without a dense layer behind."""
        while self._kind(node) not in ("add", "cat", nn.Linear) and self._given(node):
            before = self._given(node)[0]
            if len(_shape(before)) == 4 and len(_shape(node)) == 2:
                return _shape(before)[1] != _shape(node)[1]
            node = before
        return False

    # One layer.

    def _option(self, node: fx.Node, name: str, place: int | None = None, default: Any = None) -> Any:
        """What a call is given under a name, or at a place behind its first argument."""
        if name in node.kwargs:
            return node.kwargs[name]
        if place is not None and len(node.args) > place + 1:
            return node.args[place + 1]
        return default

    def _options(self, node: fx.Node, defaults: dict[str, Any]) -> Callable[[str], Any]:
        """The options of a layer: of a module its own, of a function what it is called with."""
        if node.op == "call_module":
            module = self._modules[str(node.target)]
            return lambda name: getattr(module, name)
        names = list(defaults)
        return lambda name: self._option(node, name, names.index(name), defaults[name])

    def _source(self, node: fx.Node, part: str, given: Any) -> str | None:
        """The tensor of the model that a layer uses."""
        if node.op == "call_module":
            tensor = getattr(self._modules[str(node.target)], part)
            name = f"{node.target}.{part}"
        elif isinstance(given, fx.Node) and given.op == "get_attr":
            tensor, name = given, str(given.target)
        elif given is None:
            tensor, name = None, ""
        else:
            raise self._fault(node, f"has a {part} that is computed", "only tensors of the model itself are followed")
        if tensor is None:
            return None
        if self._used.setdefault(name, node.name) != node.name:
            raise self._fault(node, f"uses {name} a second time", "a layer here has weights of its own")
        return name

    def _layer(self, node: fx.Node, kind: Any) -> list[Layer]:
        before, behind = _shape(self._given(node)[0]), _shape(node)
        if kind in _PLAIN:
            return [{"type": "activation", "function": _PLAIN[kind]}]
        if kind in _NOTHING:
            return []
        if kind is nn.Dropout:
            rate = float(self._options(node, {"p": 0.5})("p"))
            return [{"type": "dropout", "rate": rate}] if rate < 1 else []
        if kind is nn.LeakyReLU:
            return [{"type": "activation", "function": {"leaky_relu": float(self._options(node, {"negative_slope": 0.01})("negative_slope"))}}]
        if kind is nn.ELU:
            return [{"type": "activation", "function": {"elu": float(self._options(node, {"alpha": 1.0})("alpha"))}}]
        if kind is nn.GELU:
            approximate = self._option(node, "approximate", None, "none") if node.op != "call_module" else self._options(node, {})("approximate")
            return [{"type": "activation", "function": "gelu_tanh" if approximate == "tanh" else "gelu"}]
        if kind is nn.Hardtanh:
            option = self._options(node, {"min_val": -1.0, "max_val": 1.0})
            ends = option("min_val"), option("max_val")
            names = {(-1, 1): "hard_tanh", (0, 6): "relu6"}
            if ends not in names:
                raise self._fault(node, f"is cut off at {ends}", "convlens has -1 to 1 and 0 to 6")
            return [{"type": "activation", "function": names[ends]}]
        if kind is nn.Flatten:
            is_vector = len(behind) == 2 and behind[1] == _product(before[1:])
            is_picture = self._given(node)[0] is self._picture and len(behind) == 4 and tuple(behind[1:]) == self._size
            if not (is_vector or is_picture or before == behind):
                raise self._fault(node, f"makes {tuple(before)} into {tuple(behind)}", "convlens flattens maps for a Linear layer only")
            return []
        if kind is nn.Linear and len(before) == 2:
            option = self._options(node, {"weight": None, "bias": None})
            return [self._with(
                {"type": "dense", "units": behind[1], "bias": option("bias") is not None, "activation": "none"},
                weight=self._source(node, "weight", option("weight")), bias=self._source(node, "bias", option("bias")),
            )]  # fmt: skip
        if kind is nn.Conv2d:
            return [self._conv(node, behind)]
        if kind in (nn.BatchNorm2d, nn.BatchNorm1d) and len(before) in (2, 4):
            return [self._norm(node, behind)]
        if kind in (nn.MaxPool2d, nn.AvgPool2d):
            return [self._pool(node, kind)]
        if kind in (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, "mean"):
            return self._adaptive(node, kind, before, behind)
        if kind in _SOFTMAX:
            raise self._fault(node, "is a softmax within the network", "only the last layer has one here")
        raise self._fault(node, f"({_said(kind)}) is none of convlens's layers", "see docs/files.md for those there are")

    def _with(self, layer: Layer, **sources: str | Source | None) -> Layer:
        self._weighted[id(layer)] = [(part, source) for part, source in sources.items() if source is not None]
        return layer

    def _conv(self, node: fx.Node, behind: Sequence[int]) -> Layer:
        option = self._options(
            node, {"weight": None, "bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1}
        )
        if node.op == "call_module" and option("padding_mode") != "zeros":
            raise self._fault(node, f"pads with {option('padding_mode')}", "convlens pads with zeros")
        weight = self._source(node, "weight", option("weight"))
        assert weight is not None
        kernel = list(_tensor(self._traced, weight).shape[2:])
        layer = {
            "type": "conv",
            "filters": behind[1],
            "kernel": kernel,
            "stride": _pair(option("stride")),
            "dilation": _pair(option("dilation")),
            "groups": option("groups"),
            "padding": self._padding(node, option("padding")),
            "bias": option("bias") is not None,
            "activation": "none",
        }
        return self._with(layer, weight=weight, bias=self._source(node, "bias", option("bias")))

    def _padding(self, node: fx.Node, padding: Any) -> Any:
        if isinstance(padding, str):
            return padding
        sides = set(_pair(padding))
        if len(sides) != 1:
            raise self._fault(node, f"has a padding of {tuple(_pair(padding))}", "convlens has the same on all sides")
        pixels = sides.pop()
        return pixels if pixels else "valid"

    def _norm(self, node: fx.Node, behind: Sequence[int]) -> Layer:
        option = self._options(
            node,
            {"running_mean": None, "running_var": None, "weight": None, "bias": None, "training": False, "momentum": 0.1, "eps": 1e-5},
        )
        if option("running_mean") is None:
            raise self._fault(node, "keeps no running mean", "set track_running_stats=True")
        momentum = option("momentum")
        layer = {
            "type": "batch_norm",
            "epsilon": float(option("eps")),
            "momentum": 0.9 if momentum is None else 1 - float(momentum),
            "unbiased": True,
        }
        sources = {part: self._source(node, part, option(part)) for part in ("weight", "bias", "running_mean", "running_var")}
        channels = behind[1]
        return self._with(
            layer,
            weight=sources["weight"] or (1.0, channels),
            bias=sources["bias"] or (0.0, channels),
            running_mean=sources["running_mean"],
            running_var=sources["running_var"],
        )

    def _pool(self, node: fx.Node, kind: Any) -> Layer:
        is_mean = kind is nn.AvgPool2d
        defaults: dict[str, Any] = {"kernel_size": None, "stride": None, "padding": 0}
        if is_mean:
            defaults |= {"ceil_mode": False, "count_include_pad": True, "divisor_override": None}
        else:
            defaults |= {"dilation": 1, "ceil_mode": False, "return_indices": False}
        option = self._options(node, defaults)
        odd = [
            name
            for name in ("dilation", "ceil_mode", "return_indices", "divisor_override")
            if name in defaults and option(name) not in ((1, (1, 1), [1, 1]) if name == "dilation" else (None, False))
        ]
        # A mode that changes nothing here is none, but that only the sizes tell.
        size, stride = _pair(option("kernel_size")), _pair(option("stride") or option("kernel_size"))
        if odd == ["ceil_mode"] and option("padding") == 0:
            before, behind = _shape(self._given(node)[0]), _shape(node)
            whole = [(side - edge) // step + 1 for side, edge, step in zip(before[2:], size, stride)]
            odd = [] if whole == list(behind[2:]) else odd
        if odd:
            raise self._fault(node, f"has {odd[0]}={option(odd[0])}", "convlens pools without it")
        layer = {
            "type": "average_pool" if is_mean else "max_pool",
            "size": size,
            **({"stride": stride} if stride != size else {}),
            "padding": self._padding(node, option("padding")),
        }
        return {**layer, "counts_padding": bool(option("count_include_pad"))} if is_mean else layer

    def _adaptive(self, node: fx.Node, kind: Any, before: Sequence[int], behind: Sequence[int]) -> list[Layer]:
        is_mean = kind is not nn.AdaptiveMaxPool2d
        if kind == "mean":
            dims = self._option(node, "dim", 0)
            dims = sorted(dim % len(before) for dim in (dims if isinstance(dims, (list, tuple)) else [dims]) if isinstance(dim, int))
            if len(before) != 4 or dims != [2, 3]:
                raise self._fault(node, "is a mean of something else than whole maps", "use dim=(2, 3)")
            behind = (*behind[:2], 1, 1)
        if before == behind:
            return []
        if tuple(behind[2:]) == (1, 1):
            return [{"type": "global_average_pool" if is_mean else "global_max_pool"}]
        sizes = [side // parts for side, parts in zip(before[2:], behind[2:])]
        if any(side % parts for side, parts in zip(before[2:], behind[2:])):
            raise self._fault(node, f"makes {tuple(before[2:])} into {tuple(behind[2:])}", "convlens pools windows of one size")
        return [{"type": "average_pool" if is_mean else "max_pool", "size": sizes}]


class _Sizes(fx.Interpreter):
    """Runs the module once, and notes at each node the shape of what it puts out."""

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        n.meta["shape"] = tuple(result.shape) if isinstance(result, torch.Tensor) else ()
        return result


def _shape(node: fx.Node) -> Tuple[int, ...]:
    return tuple(node.meta.get("shape", ()))


def _product(sizes: Sequence[int]) -> int:
    product = 1
    for size in sizes:
        product *= size
    return product


def _pair(value: Any) -> List[int]:
    return [value, value] if isinstance(value, int) else [*value, *value] if len(value) == 1 else list(value)


def _tensor(module: nn.Module, name: str) -> torch.Tensor:
    tensor: Any = module
    for part in name.split("."):
        tensor = getattr(tensor, part)
    assert isinstance(tensor, torch.Tensor)
    return tensor


def _said(kind: Any) -> str:
    return kind if isinstance(kind, str) else kind.__name__
