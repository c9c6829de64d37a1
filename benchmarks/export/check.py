"""Loads exported encoders in the programs that they are for, and compares features with those of this framework.

    python -m venv venv && venv/bin/pip install -r benchmarks/export/requirements.txt
    node --import tsx benchmarks/export/export-all.ts FOLDER
    venv/bin/python benchmarks/export/check.py FOLDER
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import safetensors
import timm
import torch
import torchvision
from safetensors.numpy import load_file

TOLERANCE = 1e-4
MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


def module(path):
    spec = importlib.util.spec_from_file_location("encoder", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def in_torch(folder, images):
    """Features after a strict load of the safetensors file, and after one of the .pth file by `weights_only=True`."""
    model = module(folder / "encoder.py").load()
    batch = torch.from_numpy(((images - MEAN) / STD).transpose(0, 3, 1, 2).copy())
    with torch.inference_mode():
        features = model(batch).numpy()
    state = torch.load(folder / "model.pth", weights_only=True)
    for parameter in model.state_dict().values():
        parameter.zero_()
    model.load_state_dict(state, strict=True)
    with torch.inference_mode():
        again = model(batch).numpy()
    assert np.array_equal(features, again), "the .pth file has other weights"
    return {"features": features}


def in_onnxruntime(folder, images):
    """Outputs for a batch and for single images, after ONNX's own check of the file."""
    onnx.checker.check_model(onnx.load(folder / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    batch = images.transpose(0, 3, 1, 2).copy()
    names = [output.name for output in session.get_outputs()]
    found = dict(zip(names, session.run(names, {"images": batch})))
    one = session.run(["features"], {"images": batch[:1]})[0]
    assert np.abs(one - found["features"][:1]).max() < 1e-4 * np.abs(found["features"]).max(), "batch of one"
    return found


def main(root):
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, timm {timm.__version__}, onnx {onnx.__version__},")
    print(f"onnxruntime {onnxruntime.__version__}, safetensors {safetensors.__version__}, numpy {np.__version__}")
    worst = 0.0
    for file in sorted(root.glob("*.safetensors")):
        expected = load_file(file)
        for name, program in [("torchvision", in_torch), ("timm", in_torch), ("onnx", in_onnxruntime)]:
            folder = root / "exports" / file.stem / name
            if not folder.exists():
                print(f"{file.stem:24} {name:12} not possible")
                continue
            for output, found in program(folder, expected["images"]).items():
                own = expected[output]
                difference = float(np.abs(found - own).max() / np.abs(own).max())
                worst = max(worst, difference)
                print(f"{file.stem:24} {name:12} {output:12} {difference:.1e}")
    print(f"largest difference {worst:.1e} of the largest value, allowed {TOLERANCE:.0e}")
    return 0 if worst <= TOLERANCE else 1


sys.exit(main(Path(sys.argv[1])))
