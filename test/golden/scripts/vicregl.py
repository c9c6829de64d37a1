"""Golden cases of VICRegL, computed by the losses of the authors' model, and compared with the formula.

    git clone https://github.com/facebookresearch/VICRegL
    python test/golden/scripts/vicregl.py VICRegL
"""

import sys
from types import SimpleNamespace

import torch

sys.path.insert(0, sys.argv[1])
import utils  # noqa: E402
from main_vicregl import VICRegL  # noqa: E402

from golden import views, write_case  # noqa: E402

torch.set_default_dtype(torch.float64)
SOURCE = "github.com/facebookresearch/VICRegL: global_loss and local_loss of VICRegL, in one process"
# One process has the embeddings of all.
utils.batch_all_gather = lambda x: x


class Losses(VICRegL):
    """The losses without the networks."""

    def __init__(self, args, width):
        torch.nn.Module.__init__(self)
        self.args, self.embedding_dim = args, width


def branch(inputs, name):
    return [inputs[key] for key in sorted(inputs) if key.startswith(name)]


def reference(options, grid):
    def compute(inputs):
        features, count = options["featureMatches"], options["matches"]
        # Their option for fewer matches of features is the one for positions.
        assert features in (None, count)
        args = SimpleNamespace(
            inv_coeff=options["invarianceWeight"],
            var_coeff=options["varianceWeight"],
            cov_coeff=options["covarianceWeight"],
            num_matches=[count, count],
            l2_all_matches=int(features is None),
            fast_vc_reg=0,
        )
        seen = branch(inputs, "view")
        losses = Losses(args, seen[0].shape[1])
        whole = sum(losses.global_loss(seen))
        places = [one.view(-1, *grid, 2) for one in branch(inputs, "positions")]
        local = sum(losses.local_loss(branch(inputs, "patches"), places))
        return {"global": whole, "local": local, "loss": options["alpha"] * whole + (1 - options["alpha"]) * local}

    return compute


def spread(rows, options):
    """Variance and covariance terms of [B, k, E], with statistics over B for each of k."""
    deviations = torch.sqrt(rows.var(0) + options["epsilon"])
    centred = rows - rows.mean(0)
    products = torch.einsum("bkd,bke->kde", centred, centred) / (len(rows) - 1)
    rest = products - torch.diag_embed(torch.diagonal(products, dim1=1, dim2=2))
    hinge = torch.relu(1 - deviations).mean()
    return options["varianceWeight"] * hinge + options["covarianceWeight"] * (rest**2).sum((1, 2)).mean() / rows.shape[2]


def matched(own, other, distances, count):
    picked, partners = [], []
    for a, b, distance in zip(own, other, distances):
        nearest, index = distance.min(1)
        places = nearest.argsort()[:count].sort().values
        picked.append(a[places])
        partners.append(b[index[places]])
    return torch.stack(picked), torch.stack(partners)


def formula(options):
    def vicreg(a, b):
        return options["invarianceWeight"] * ((a - b) ** 2).mean() + (spread(a, options) + spread(b, options)) / 2

    def compute(inputs):
        seen, patches, places = (branch(inputs, name) for name in ("view", "patches", "positions"))
        pairs = [(i, j) for i in range(2) for j in range(len(seen)) if i != j]
        whole = options["invarianceWeight"] * sum(((seen[i] - seen[j]) ** 2).mean() for i, j in pairs) / len(pairs)
        whole = whole + sum(spread(one[:, None], options) for one in seen) / len(seen)
        local = 0
        for i, j in [(0, 1), (1, 0)]:
            total = patches[i].shape[1]
            for space, count in [(places, options["matches"]), (patches, options["featureMatches"] or total)]:
                distances = ((space[i][:, :, None] - space[j][:, None]) ** 2).sum(-1).detach()
                local = local + vicreg(*matched(patches[i], patches[j], distances, min(count, total))) / 2
        return {"global": whole, "local": local, "loss": options["alpha"] * whole + (1 - options["alpha"]) * local}

    return compute


weights = {"invarianceWeight": 25, "varianceWeight": 25, "covarianceWeight": 1, "epsilon": 1e-4}
for name, batch, width, grid, count, options in [
    ("vicregl", 6, 5, (2, 3), 2, {"alpha": 0.75, "matches": 4, "featureMatches": None, **weights}),
    ("vicregl-few-matches", 5, 4, (3, 3), 2, {"alpha": 0.4, "matches": 3, "featureMatches": 3, **weights}),
    ("vicregl-all-patches", 4, 3, (2, 2), 2, {"alpha": 0.9, "matches": 4, "featureMatches": None, **weights}),
]:
    total = grid[0] * grid[1]
    inputs = views(count, batch, width, seed=len(name))
    maps = views(2, batch * total, width + 1, seed=1 + len(name))
    inputs |= {f"patches{i}": maps[f"view{i}"].view(batch, total, -1) for i in range(2)}
    places = views(2, batch * total, 2, seed=2 + len(name))
    inputs |= {f"positions{i}": 20 * places[f"view{i}"].view(batch, total, 2) for i in range(2)}
    write_case(name, "vicregl", options, inputs, (reference(options, grid), formula(options)), SOURCE, learned=("view", "patches"))
