"""Features and k-NN of torchvision's ResNet-18 with random weights, compared with those of `carl evaluate --weights`.

    python weights.py make FOLDER     writes images in folders of classes, and weights
    python weights.py check FOLDER    compares FOLDER/features.safetensors and FOLDER/results.json with torch and lightly
    python weights.py fixture FOLDER  writes images, weights of a network of width 2 and their features, for the tests
    python weights.py layers FOLDER   writes the features of its layers, the mean over all pixels after each stage
"""

import json
import os
import sys
import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors.torch import load_file, save_file
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

CLASSES, SIZES = 10, {"train": 60, "test": 40}


def picture(rng, label):
    """Stripes and a disc whose directions, colours and places vary around those of the class, with noise."""
    height, width = rng.integers(70, 120, 2)
    y, x = np.mgrid[0:height, 0:width] / 64
    angle = label * np.pi / CLASSES + rng.normal(0, 0.25)
    wave = np.sin((3 + label % 4) * 2 * (x * np.cos(angle) + y * np.sin(angle)) + rng.uniform(0, 6))
    colour = np.random.default_rng(label).uniform(0.2, 0.8, 3) + rng.normal(0, 0.15, 3)
    disc = (x - rng.uniform(0.4, 1)) ** 2 + (y - rng.uniform(0.4, 1)) ** 2 < rng.uniform(0.02, 0.2)
    image = colour + 0.25 * wave[..., None] + 0.3 * disc[..., None] * rng.normal(0, 1, 3) + rng.normal(0, 0.1, (height, width, 3))
    return (255 * image.clip(0, 1)).round().astype(np.uint8)


def write_images(folder, sizes):
    """Writes images of each class: `sizes` has the number per class of each split."""
    rng = np.random.default_rng(0)
    for split, count in sizes.items():
        for label in range(CLASSES):
            os.makedirs(f"{folder}/images/{split}/{label}", exist_ok=True)
            for i in range(count):
                Image.fromarray(picture(rng, label)).save(f"{folder}/images/{split}/{label}/{i:03}.png")


def make(folder):
    write_images(folder, SIZES)
    torch.manual_seed(0)
    network = torchvision.models.resnet18()
    save_file(randomised(network).state_dict(), f"{folder}/resnet18.safetensors")


def randomised(network):
    """Sets the scales, shifts and running statistics of all batch normalisations to random values."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for value, low, high in [(module.weight, 0.5, 1.5), (module.bias, -0.3, 0.3)]:
                torch.nn.init.uniform_(value, low, high)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
    return network


def prepared(path, side, crop):
    image = F.to_dtype(F.pil_to_tensor(Image.open(path)), torch.float32, scale=True)
    image = F.center_crop(F.resize(image, [side], interpolation=InterpolationMode.BICUBIC, antialias=True), [crop, crop])
    return F.normalize(image, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def narrow(width):
    """torchvision's ResNet of one basic block per stage, with another width."""
    network = torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [1, 1, 1, 1])
    network.inplanes = width
    network.conv1 = torch.nn.Conv2d(3, width, 7, 2, 3, bias=False)
    network.bn1 = torch.nn.BatchNorm2d(width)
    for i in range(4):
        layer = network._make_layer(torchvision.models.resnet.BasicBlock, width * 2**i, 1, stride=1 if i == 0 else 2)
        setattr(network, f"layer{i + 1}", layer)
    network.fc = torch.nn.Identity()
    return network


def fixture(folder):
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = randomised(narrow(2)).eval()
    save_file(network.state_dict(), f"{folder}/weights.safetensors")
    paths = []
    for split in SIZES:
        for label in ("a", "b"):
            os.makedirs(f"{folder}/images/{split}/{label}", exist_ok=True)
            for i in range(2):
                paths.append(f"{folder}/images/{split}/{label}/{i}.png")
                image = rng.integers(0, 256, (5, 6, 3)).astype(np.uint8)
                Image.fromarray(image).resize((22 + 3 * i, 25), Image.Resampling.BICUBIC).save(paths[-1])
    with torch.no_grad():
        features = network(torch.stack([prepared(path, 20, 16) for path in paths]))
    split = len(paths) // 2
    save_file({"train": features[:split].contiguous(), "test": features[split:].contiguous()}, f"{folder}/features.safetensors")


def layers(folder):
    network = narrow(2)
    network.load_state_dict(load_file(f"{folder}/weights.safetensors"))
    network.eval()
    x = torch.stack([prepared(f"{folder}/images/test/{label}/{i}.png", 20, 16) for label in ("a", "b") for i in range(2)])
    stem = torch.nn.Sequential(network.conv1, network.bn1, network.relu, network.maxpool)
    found = {}
    with torch.no_grad():
        for name, stage in [("stem", stem)] + [(f"layer{i}", getattr(network, f"layer{i}")) for i in range(1, 5)]:
            x = stage(x)
            found[name] = x.mean((2, 3)).contiguous()
    save_file(found, f"{folder}/layers.safetensors")


def features(folder, split, network):
    rows, labels = [], []
    for label in range(CLASSES):
        for i in range(SIZES[split]):
            rows.append(prepared(f"{folder}/images/{split}/{label}/{i:03}.png", 73, 64))
            labels.append(label)
    with torch.no_grad():
        return torch.cat([network(part) for part in torch.stack(rows).split(100)]), torch.tensor(labels)


def check(folder):
    import lightly
    from lightly.utils.benchmarking import knn_predict

    network = torchvision.models.resnet18()
    network.load_state_dict(load_file(f"{folder}/resnet18.safetensors"))
    network.fc = torch.nn.Identity()
    network.eval()
    bank, bank_labels = features(folder, "train", network)
    test, labels = features(folder, "test", network)
    ours = load_file(f"{folder}/features.safetensors")
    for name, theirs in [("train", bank), ("test", test)]:
        error = (ours[name] - theirs).abs().max() / theirs.abs().max()
        rows = ((ours[name] - theirs).norm(dim=1) / theirs.norm(dim=1)).max()
        print(f"features {name} {list(theirs.shape)}: largest difference {error:.1e} of the largest value, {rows:.1e} of a row's length")
    results = json.load(open(f"{folder}/results.json"))
    figures = {one["metric"]: one["value"] for one in results["trained"] if one["split"] == "test"}
    unit = torch.nn.functional.normalize
    for k in (5, 20, 200):
        predicted = knn_predict(unit(test, dim=1), unit(bank, dim=1).T.contiguous(), bank_labels, CLASSES, knn_k=k, knn_t=0.1)[:, 0]
        print(f"k-NN, k = {k}: lightly {(predicted == labels).float().mean():.4f}, ours {figures[f'knn{k}@t0.1']:.4f}")
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, lightly {lightly.__version__}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    {"make": make, "check": check, "fixture": fixture, "layers": layers}[sys.argv[1]](sys.argv[2])
