"""Writes the small checkpoints of test/samples/checkpoints with torch and timm:

    venv/bin/python benchmarks/import/fixtures.py test/samples/checkpoints
"""

import argparse
import json
import os
import sys
import zipfile

import torch
from checkpoints import Wrapped, randomised
from omegaconf import OmegaConf
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer

folder = sys.argv[1]
CONFIG = OmegaConf.create({"method": "simclr", "gpus": [0, 1], "data": {"crop": 0.5}})


def tensors():
    """Every way in which a tensor lies in its storage, and number formats; the expected values as text."""
    base = torch.arange(24, dtype=torch.float32) / 8 - 1
    state = {
        "transposed": base.reshape(4, 6).T,
        "part": base.reshape(4, 6)[1:3, 2:5],
        "shared": base[6:12],
        "repeated": base[3:5].reshape(2, 1).expand(2, 3),
        "channels_last": base.reshape(2, 3, 2, 2).contiguous(memory_format=torch.channels_last),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "float64": base[:3].double() / 3,
        "float16": (base[:3] / 3).half(),
        "bfloat16": (base[:3] / 3).bfloat16(),
        "parameter": torch.nn.Parameter(base[:2].clone()),
    }
    torch.save({"state_dict": state, "step": torch.tensor([7]), "args": argparse.Namespace(lr=0.1), "config": CONFIG}, f"{folder}/tensors.pth")
    expected = {name: {"shape": list(one.shape), "values": one.detach().float().flatten().tolist()} for name, one in state.items()}
    with open(f"{folder}/tensors.json", "w") as file:
        file.write(json.dumps(expected, indent=2) + "\n")


def packed_again(name, compression, limit):
    """The entries of tensors.pth, written by Python's zipfile, which uses the 64-bit form for sizes above the limit."""
    zipfile.ZIP64_LIMIT = limit
    with zipfile.ZipFile(f"{folder}/tensors.pth") as source, zipfile.ZipFile(f"{folder}/{name}", "w", compression) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))


class Code:
    """An object whose pickle runs a command when Python loads it."""

    def __reduce__(self):
        return os.system, ("touch code-was-run",)


def transformers():
    """A vision transformer as timm and as DINO save it, and the features of both networks of DINO."""
    torch.manual_seed(0)
    options = {"img_size": 8, "patch_size": 4, "embed_dim": 4, "depth": 1, "num_heads": 1, "num_classes": 0}
    student, teacher = (randomised(VisionTransformer(**options)) for _ in range(2))
    save_file(teacher.state_dict(), f"{folder}/timm.safetensors")
    state = {
        "student": Wrapped("module.backbone", student, head=torch.nn.Linear(4, 2)).state_dict(),
        "teacher": Wrapped("backbone", teacher, head=torch.nn.Linear(4, 2)).state_dict(),
        "epoch": 3,
        "args": argparse.Namespace(arch="vit_small", local_crops_scale=(0.05, 0.4)),
        "dino_loss": {"center": torch.zeros(1, 2)},
    }
    torch.save(state, f"{folder}/dino.pth")
    images = torch.randn(2, 3, 8, 8)
    with torch.no_grad():
        found = {"teacher": teacher(images).contiguous(), "student": student(images).contiguous()}
    save_file({"images": images.permute(0, 2, 3, 1).contiguous(), **found}, f"{folder}/features.safetensors")


os.makedirs(folder, exist_ok=True)
tensors()
packed_again("zip64.pth", zipfile.ZIP_STORED, 0)
packed_again("compressed.pth", zipfile.ZIP_DEFLATED, 2**31)
torch.save({"state_dict": {"weight": torch.ones(2)}, "callback": Code()}, f"{folder}/code.pth")
transformers()
