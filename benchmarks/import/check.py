"""Imports checkpoints of other programs and compares features and k-NN with torch and lightly; see README.md.

    python -m venv venv && venv/bin/pip install -r benchmarks/import/requirements.txt
    venv/bin/python benchmarks/import/check.py FOLDER [NAME...]
"""

import json
import subprocess
import sys
from pathlib import Path

import lightly
import numpy as np
import timm
import torch
import torchvision
from lightly.utils.benchmarking import knn_predict
from safetensors.torch import load_file

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "evaluation"))
from checkpoints import CASES  # noqa: E402
from weights import CLASSES, prepared, write_images  # noqa: E402

TOLERANCE = 1e-4
SIZES = {"train": 30, "test": 20}
NEIGHBOURS = (5, 20, 200)
MEAN, STD = "0.485,0.456,0.406", "0.229,0.224,0.225"


def resized(side):
    return round(side * 8 / 7)


def carl(*words):
    command = ["node", str(HERE.parents[1] / "core/bin/carl.js"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def ours(folder, case):
    """Imports the checkpoint; features of all images and accuracies of k-NN by `carl evaluate`."""
    weights, features, results = (folder / name for name in ("encoder.safetensors", "features.safetensors", "results.json"))
    for file in (features, results):
        file.unlink(missing_ok=True)
    part = ["--part", case.part] if case.part else []
    found = carl("import", folder / case.file, "--encoder", case.encoder, "--crop", case.side, *part, "--out", weights, "--overwrite")
    images = "{ use: files, " + ", ".join(f"{one}: {{ use: image-folder, root: '{folder}/images/{one}' }}" for one in SIZES) + " }"
    evaluators = f"{{ use: save-features, file: '{features}' }}, {{ use: knn, k: {list(NEIGHBOURS)} }}"
    settings = [f"plugins=['{HERE.parent}/evaluation/save-features.mjs']", "evaluation.baselines=[]"]
    settings.append("augmenter.evaluation.interpolation=bicubic")
    carl(
        *("evaluate", "--weights", weights, "--encoder", case.encoder, "--data", images, "--evaluate", evaluators),
        *("--crop", case.side, "--resize", resized(case.side), "--mean", MEAN, "--std", STD, "--out", results, "--quiet", "--trust"),
        *(word for setting in settings for word in ("--set", setting)),
    )
    measured = json.loads(results.read_text())["trained"]
    accuracies = {one["metric"]: one["value"] for one in measured if one["split"] == "test"}
    return found, load_file(features), [accuracies[f"knn{k}@t0.1"] for k in NEIGHBOURS]


def theirs(folder, case):
    """Features of all images in torch, with their labels."""
    features, labels = {}, {}
    for split, count in SIZES.items():
        names = [(label, f"{folder}/images/{split}/{label}/{i:03}.png") for label in range(CLASSES) for i in range(count)]
        batch = torch.stack([prepared(name, resized(case.side), case.side) for _, name in names])
        with torch.no_grad():
            features[split] = torch.cat([case.network(part).flatten(1) for part in batch.split(50)])
        labels[split] = torch.tensor([label for label, _ in names])
    return features, labels


def accuracies(features, labels):
    """k-NN of lightly, in float64: cosines of images in an untrained network differ by 1e-8, which float32 does not resolve."""
    bank, test = (torch.nn.functional.normalize(features[split].double(), dim=1) for split in ("train", "test"))
    vote = lambda k: knn_predict(test, bank.T.contiguous(), labels["train"], CLASSES, knn_k=k, knn_t=0.1)[:, 0]
    return [(vote(k) == labels["test"]).float().mean().item() for k in NEIGHBOURS]


def compare(folder, name):
    torch.manual_seed(0)
    case = CASES[name](folder)
    found, own, own_accuracies = ours(folder, case)
    features, labels = theirs(folder, case)
    difference = max(float((own[split] - features[split]).abs().max() / features[split].abs().max()) for split in SIZES)
    expected, same_features = accuracies(features, labels), accuracies(own, labels)
    figures = " ".join(f"{100 * one:.1f}" for one in own_accuracies)
    figures += " | " + " ".join(f"{100 * one:.1f}" for one in expected)
    print(f"| {name} | {list(features['test'].shape)[1]} | {difference:.1e} | {figures} |", flush=True)
    print(f"  {found.splitlines()[0].split(': ', 1)[1]}", file=sys.stderr, flush=True)
    equal = all(np.abs(np.subtract(own_accuracies, other)).max() < 1e-6 for other in (expected, same_features))
    return difference <= TOLERANCE and equal


def main(folder, *names):
    folder = Path(folder).resolve()
    torch.set_num_threads(1)
    write_images(folder, SIZES)
    failed = [name for name in names or CASES if not compare(folder, name)]
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, timm {timm.__version__}, lightly {lightly.__version__}")
    return f"different: {', '.join(failed)}" if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
