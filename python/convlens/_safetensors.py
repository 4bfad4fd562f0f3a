"""Files of weights: the length of a header, the header as JSON, the numbers."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Mapping

import numpy as np

from ._program import Error

__all__ = ["read", "to_bytes"]


def to_bytes(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    """The content of a file with these float32 tensors."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    at = 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + 4 * values.size]}
        at += 4 * values.size
    text = json.dumps(header, separators=(",", ":")).encode()
    # The numbers begin at a multiple of 8.
    text += b" " * (-len(text) % 8)
    parts = [np.ascontiguousarray(values, dtype="<f4").tobytes() for values in tensors.values()]
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The float32 tensors of a file, and its metadata."""
    content = path.read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", content)
        header = json.loads(content[8 : 8 + length])
        data = content[8 + length :]
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, about in header.items():
            start, end = about["data_offsets"]
            if about["dtype"] != "F32" or end > len(data):
                raise ValueError(name)
            tensors[name] = np.frombuffer(data[start:end], "<f4").reshape(about["shape"])
    except (struct.error, ValueError, KeyError) as error:
        raise Error(f"{path}: not a whole file of float32 weights ({error}); have it written again") from error
    return tensors, metadata
