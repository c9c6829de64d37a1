"""Repeats protocols.ts in PyTorch and scikit-learn, from the images, weights and lists that it wrote to a folder."""

import sys
import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

folder, *chosen = sys.argv[1:]
torch.set_num_threads(1)


def read(name, dtype):
    return np.fromfile(f"{folder}/{name}", dtype=dtype)


images = {s: torch.from_numpy(read(f"{s}.images", np.uint8).reshape(-1, 784).astype(np.float32) / 255) for s in ("train", "test")}
labels = {s: torch.from_numpy(read(f"{s}.labels", np.int32).astype(np.int64)) for s in ("train", "test")}
few = torch.tensor([int(line) for line in open(f"{folder}/few.txt")])


def encoder():
    fc = torch.nn.Linear(784, 64)
    fc.weight.data = torch.from_numpy(read("fc.weight", np.float32).reshape(64, 784))
    fc.bias.data = torch.from_numpy(read("fc.bias", np.float32))
    return torch.nn.Sequential(fc, torch.nn.BatchNorm1d(64), torch.nn.ReLU())


def batches(count):
    return np.array_split(torch.randperm(count).numpy(), -(-count // 256))


def accuracy(model, x):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == labels["test"]).float().mean().item()


def linear_sgd(seed, epochs=20):
    torch.manual_seed(seed)
    with torch.no_grad():
        train, test = (encoder().eval()(images[s]) for s in ("train", "test"))
    classifier = torch.nn.Linear(64, 10)
    torch.nn.init.normal_(classifier.weight, std=0.01)
    torch.nn.init.zeros_(classifier.bias)
    optimizer = torch.optim.SGD(classifier.parameters(), lr=0.3, momentum=0.9, weight_decay=1e-6)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        for batch in batches(len(train)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(classifier(train[batch]), labels["train"][batch]).backward()
            optimizer.step()
        scheduler.step()
    return accuracy(classifier, test)


def fine_tune(seed, epochs=20):
    torch.manual_seed(seed)
    trunk, classifier = encoder(), torch.nn.Linear(64, 10)
    model = torch.nn.Sequential(trunk, classifier)
    groups = [{"params": trunk.parameters(), "lr": 0.01}, {"params": classifier.parameters(), "lr": 0.2}]
    optimizer = torch.optim.SGD(groups, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [12, 16], gamma=0.2)
    for _ in range(epochs):
        model.train()
        for batch in batches(len(few)):
            optimizer.zero_grad()
            places = few[batch]
            torch.nn.functional.cross_entropy(model(images["train"][places]), labels["train"][places]).backward()
            optimizer.step()
        scheduler.step()
    return accuracy(model, images["test"])


def few_features():
    with torch.no_grad():
        return [encoder().eval()(x).numpy() for x in (images["train"][few], images["test"])]


def linear(cost):
    train, test = few_features()
    scaler = StandardScaler().fit(train)
    model = LogisticRegression(C=cost, tol=1e-8, max_iter=100000).fit(scaler.transform(train), labels["train"][few].numpy())
    return (model.predict(scaler.transform(test)) == labels["test"].numpy()).mean()


def svm(grid):
    train, test = few_features()
    train, test = (x / (np.linalg.norm(x, axis=1) + 1e-5)[:, None] for x in (train, test))
    truth, wanted = labels["train"][few].numpy(), labels["test"].numpy()
    folds = np.zeros(len(truth), int)
    for k in range(10):
        folds[truth == k] = np.arange((truth == k).sum()) % 3

    def machine(x, y, cost):
        return LinearSVC(C=cost, class_weight={True: 2, False: 1}, tol=1e-6, max_iter=100000).fit(x, y)

    def validated(k, cost):
        parts = [(folds != f, folds == f) for f in range(3)]
        return np.mean([average_precision_score(truth[b] == k, machine(train[a], truth[a] == k, cost).decision_function(train[b])) for a, b in parts])

    costs = [max(grid, key=lambda cost: validated(k, cost)) if grid else 0.5 for k in range(10)]
    scores = np.stack([machine(train, truth == k, costs[k]).decision_function(test) for k in range(10)], 1)
    mean = np.mean([average_precision_score(wanted == k, scores[:, k]) for k in range(10)])
    return costs, mean, (scores.argmax(1) == wanted).mean()


def runs(name):
    return not chosen or name in chosen


for name, work, count in (("linear-sgd", linear_sgd, 3), ("fine-tune", fine_tune, 9)):
    values = [work(seed) for seed in range(count)] if runs(name) else []
    if values:
        print(name, [round(100 * v, 2) for v in values], f"mean {100 * np.mean(values):.2f}")
for cost in (0.01, 1, 100) if runs("linear") else ():
    print(f"linear C = {cost}: accuracy {100 * linear(cost):.2f}")
for grid in ([], [0.1, 1, 10]) if runs("linear-svm") else ():
    costs, mean, share = svm(grid)
    print(f"linear-svm {costs} mean average precision {100 * mean:.2f} accuracy {100 * share:.2f}")
