"""Writes golden cases of objectives: test/golden/README.md gives the format. Needs numpy and torch."""

import json
import struct
from pathlib import Path

import numpy as np
import torch

CASES = Path(__file__).parent.parent / "cases" / "objective"


def views(count: int, rows: int, width: int, seed: int) -> dict[str, torch.Tensor]:
    """Normal embeddings as float32 numbers in float64: the views of an image lie nearer to each other than images do."""
    random = np.random.default_rng(seed)
    images = random.normal(size=(rows, width))
    noisy = [images + 0.5 * random.normal(size=(rows, width)) for _ in range(count)]
    return {f"view{i}": torch.tensor(one.astype(np.float32).astype(np.float64)) for i, one in enumerate(noisy)}


def evaluate(compute, inputs, learned, dtype):
    """Outputs of `compute`, and the gradients of its loss by the inputs named in `learned`."""
    cast = {name: x.to(dtype) if x.is_floating_point() else x for name, x in inputs.items()}
    leaves = {name: x.clone().requires_grad_(name in learned) for name, x in cast.items()}
    outputs = compute(leaves)
    outputs["loss"].backward()
    gradients = {f"grad.{name}": leaves[name].grad for name in learned}
    return {name: value.detach().double().numpy() for name, value in {**outputs, **gradients}.items()}


def largest(value) -> float:
    return float(np.max(np.abs(value)))


def agree(reference, formula, name):
    """Stops if the formula of this project does not give the numbers of the authors' code."""
    for output, value in formula.items():
        error = largest(value - reference[output])
        assert error <= 1e-6 * max(largest(reference[output]), 1e-3), f"{name}: {output} differs by {error}"


def write_case(name, use, options, inputs, computations, source, note="", learned=("view",)):
    """Writes a case with the outputs of `reference`, after comparing them with those of `formula` and of float32.

    Gradients are those by the inputs whose names begin with one of `learned`."""
    reference, formula = computations
    learned = [key for key in inputs if key.startswith(learned)]
    expected = evaluate(reference, inputs, learned, torch.float64)
    agree(expected, evaluate(formula, inputs, learned, torch.float64), name)
    single = evaluate(formula, inputs, learned, torch.float32)
    loss32 = max(largest(single[key] - expected[key]) / max(largest(expected[key]), 1e-6) for key in expected)
    relative = max(5e-5, 10 * loss32)
    scalars = {key: float(value) for key, value in expected.items() if value.ndim == 0}
    tensors = {f"input.{key}": value.detach().numpy() for key, value in inputs.items()}
    tensors |= {f"expect.{key}": value for key, value in expected.items() if value.ndim > 0}
    stored = {key: value.astype(np.int32 if value.dtype.kind == "i" else np.float32) for key, value in tensors.items()}
    described = {key: {"shape": list(value.shape), "dtype": str(value.dtype)} for key, value in stored.items()}
    part = lambda prefix: {key[len(prefix) :]: value for key, value in described.items() if key.startswith(prefix)}
    case = {
        "format": 1,
        "kind": "objective",
        "name": name,
        "component": {"use": use, "options": options},
        "inputs": part("input."),
        "expect": {**scalars, **part("expect.")},
        "tolerance": {
            "relative": float(f"{relative:.1e}"),
            "absolute": 1e-6,
            "float32Error": float(f"{loss32:.1e}"),
        },
        "source": source,
        **({"note": note} if note else {}),
    }
    folder = CASES / name
    folder.mkdir(exist_ok=True)
    (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")
    write_safetensors(folder / "tensors.safetensors", stored)
    print(f"{name}: loss {scalars['loss']:.6g}, float32 error {loss32:.1e}")


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, value in tensors.items():
        dtype = "I32" if value.dtype == np.int32 else "F32"
        header[name] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(np.ascontiguousarray(value).tobytes() for value in tensors.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
