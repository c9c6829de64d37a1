"""
Makes batches of views with PyTorch's DataLoader, torchvision and lightly, for the comparison of data.ts. Prints one line of JSON:
images a second, and milliseconds of processor time an image in all processes.
"""

import argparse
import glob
import json
import os
import time

import lightly
import numpy as np
import PIL
import torch
import torchvision
from lightly.transforms import SimCLRTransform, SwaVTransform
from PIL import Image
from torch.utils.data import DataLoader, Dataset, RandomSampler

parser = argparse.ArgumentParser()
parser.add_argument("--case", choices=["grey", "colour", "photograph", "multi-crop"], required=True)
parser.add_argument("--root", required=True, help="folder with images.idx, data_batch_1.bin and photographs")
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--workers", type=int, required=True)
parser.add_argument("--seconds", type=float, required=True)
given = parser.parse_args()

SMALL = {"gaussian_blur": 0.0, "cj_strength": 0.5}


def grey():
    stored = np.fromfile(os.path.join(given.root, "images.idx"), np.uint8)[16:].reshape(-1, 28, 28)
    views = SimCLRTransform(input_size=28, normalize={"mean": [0.5], "std": [0.25]}, **SMALL)
    return len(stored), lambda i: Image.fromarray(stored[i]), views


def colour():
    stored = np.fromfile(os.path.join(given.root, "data_batch_1.bin"), np.uint8).reshape(-1, 3073)[:, 1:]
    stored = np.ascontiguousarray(stored.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    return len(stored), lambda i: Image.fromarray(stored[i]), SimCLRTransform(input_size=32, **SMALL)


def photograph(views):
    paths = sorted(glob.glob(os.path.join(given.root, "photographs", "*", "*.jpg")))

    def read(i):
        with open(paths[i], "rb") as file:
            return Image.open(file).convert("RGB")

    return len(paths), read, views


def one_view(image):
    return [FIRST(image)]


FIRST = SimCLRTransform(input_size=224).transforms[0]


class Views(Dataset):
    def __init__(self, length, read, views):
        self.length, self.read, self.views = length, read, views

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return self.views(self.read(index))


def processor_seconds(pids):
    """User and system time of processes that run."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main():
    torch.set_num_threads(1)
    cases = {
        "grey": grey,
        "colour": colour,
        "photograph": lambda: photograph(one_view),
        "multi-crop": lambda: photograph(SwaVTransform()),
    }
    images = Views(*cases[given.case]())
    loader = DataLoader(
        images,
        batch_size=given.batch,
        num_workers=given.workers,
        sampler=RandomSampler(images, replacement=True, num_samples=10**8),
    )
    batches = iter(loader)
    for _ in range(2 * given.workers + 2):
        next(batches)
    pids = [os.getpid(), *(worker.pid for worker in batches._workers)]
    start, before, made = time.perf_counter(), processor_seconds(pids), 0
    while time.perf_counter() - start < given.seconds:
        made += len(next(batches)[0])
    seconds, spent = time.perf_counter() - start, processor_seconds(pids) - before
    versions = {
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "lightly": lightly.__version__,
        "Pillow": PIL.__version__,
    }
    print(json.dumps({"median": made / seconds, "cpuMsPerImage": 1000 * spent / made, "versions": versions}), flush=True)
    os._exit(0)


main()
