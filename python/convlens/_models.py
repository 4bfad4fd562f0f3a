"""A model of either framework, and its file. Above both, so that importing convlens imports neither."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any, Sequence

from . import _folders
from ._network import Network
from ._program import Error

__all__ = ["name_of", "of", "saved"]


def of(model: Any, shape: Sequence[int] | None) -> Network:
    """The network of a model that is given pictures of this shape, without their number."""
    # Keras on PyTorch makes models that are modules of both.
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        from .keras import network

        return network(model)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from .torch import network as of_torch

        return of_torch(model, shape)
    raise Error(f"a {type(model).__name__} is no model of Keras or PyTorch; give a keras.Model or a torch.nn.Module")


def saved(network: Network, name: str) -> Path:
    """The network with the model's weights of now, as a file in the cache."""
    content = network.file(network.values())
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name) or "model"

    def fill(folder: Path) -> None:
        (folder / f"{plain}.safetensors").write_bytes(content)

    key = hashlib.sha256(plain.encode() + b"\0" + content).hexdigest()[:16]
    return _folders.made_whole(_folders.cache() / "models" / key, fill) / f"{plain}.safetensors"


def name_of(model: Any) -> str:
    """What the model is called: its name in Keras, or its class."""
    name = getattr(model, "name", None)
    return name if isinstance(name, str) and name else type(model).__name__
