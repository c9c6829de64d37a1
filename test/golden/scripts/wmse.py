"""Golden cases of W-MSE, computed by the authors' whitening and loss, and compared with the formula.

    git clone https://github.com/htdt/self-supervised
    python test/golden/scripts/wmse.py self-supervised
"""

import sys
import types
from pathlib import Path

import torch

from golden import views, write_case

torch.set_default_dtype(torch.float64)
SOURCE = "github.com/htdt/self-supervised: Whitening2d and norm_mse_loss, in groups as in WMSE.forward"


def load(name):
    """A file of the authors' methods alone: their package imports networks and datasets."""
    module = types.ModuleType(name)
    exec((Path(sys.argv[1]) / "methods" / f"{name}.py").read_text(), module.__dict__)
    return module


Whitening2d = load("whitening").Whitening2d
norm_mse_loss = load("norm_mse").norm_mse_loss


def reference(options):
    def compute(inputs):
        x = [inputs[key] for key in inputs if key.startswith("view")]
        # Their identity is cast by the name of a type, which has to be that of the input.
        whiten = Whitening2d(x[0].shape[1], eps=options["epsilon"], track_running_stats=False)
        compare = norm_mse_loss if options["normalize"] else torch.nn.functional.mse_loss
        z = [torch.empty_like(one) for one in x]
        for places in inputs["permutation"].long().view(-1, options["groupSize"]):
            for one, white in zip(x, z):
                white[places] = whiten(one[places])
        pairs = [compare(z[i], z[j]) for i in range(len(z)) for j in range(i + 1, len(z))]
        return {"loss": sum(pairs) / len(pairs)}

    return compute


def formula(options):
    def whitened(x):
        centred = x - x.mean(0)
        covariance = centred.T @ centred / (len(x) - 1)
        eye = torch.eye(x.shape[1], dtype=x.dtype)
        factor = torch.linalg.cholesky((1 - options["epsilon"]) * covariance + options["epsilon"] * eye)
        return torch.linalg.solve_triangular(factor, centred.T, upper=False).T

    def distance(a, b):
        if not options["normalize"]:
            return ((a - b) ** 2).mean()
        unit = lambda x: x / x.norm(dim=1, keepdim=True)
        return (2 - 2 * (unit(a) * unit(b)).sum(1)).mean()

    def compute(inputs):
        x = [inputs[key] for key in inputs if key.startswith("view")]
        losses = []
        for places in inputs["permutation"].long().view(-1, options["groupSize"]):
            z = [whitened(one[places]) for one in x]
            losses += [distance(z[i], z[j]) for i in range(len(z)) for j in range(i + 1, len(z))]
        return {"loss": sum(losses) / len(losses)}

    return compute


for name, count, shape, options in [
    ("w-mse", 2, (16, 5), {"groupSize": 16, "draws": 1, "epsilon": 1e-4, "normalize": True}),
    ("w-mse-groups", 2, (24, 4), {"groupSize": 8, "draws": 1, "epsilon": 1e-3, "normalize": True}),
    ("w-mse-four-views", 4, (16, 6), {"groupSize": 16, "draws": 1, "epsilon": 0.1, "normalize": True}),
    ("w-mse-euclidean", 2, (18, 7), {"groupSize": 18, "draws": 1, "epsilon": 1e-4, "normalize": False}),
]:
    order = torch.randperm(shape[0], generator=torch.Generator().manual_seed(len(name)))
    inputs = views(count, *shape, seed=len(name)) | {"permutation": order.int()}
    write_case(name, "w-mse", options, inputs, (reference(options), formula(options)), SOURCE)
