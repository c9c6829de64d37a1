"""Golden cases of LeJEPA, computed by the authors' SIGReg and compared with the formula in numpy's notation.

    git clone https://github.com/rbalestr-lab/lejepa
    python test/golden/scripts/lejepa.py lejepa
"""

import sys

import torch

sys.path.insert(0, sys.argv[1])
import lejepa as authors  # noqa: E402

from golden import views, write_case  # noqa: E402

torch.set_default_dtype(torch.float64)
SOURCE = "github.com/rbalestr-lab/lejepa: SlicingUnivariateTest of EppsPulley, and the prediction term of MINIMAL.md"


def normals(width: int, slices: int) -> torch.Tensor:
    """What the authors' sampler draws at its first step, [slices, width]."""
    drawn = torch.randn((width, slices), generator=torch.Generator().manual_seed(0))
    return drawn.T.float().double()


def reference(options):
    def compute(inputs):
        outputs = torch.stack([inputs[key] for key in inputs if key.startswith("view")])
        test = authors.univariate.EppsPulley(options["range"], options["points"]).double()
        sigreg = authors.multivariate.SlicingUnivariateTest(test, options["slices"])(outputs)
        prediction = (outputs.mean(0) - outputs).square().mean()
        loss = sigreg * options["lambda"] + prediction * (1 - options["lambda"])
        return {"loss": loss, "prediction": prediction, "sigreg": sigreg}

    return compute


def formula(options):
    def statistic(x, directions):
        t = torch.linspace(-options["range"], options["range"], 2 * options["points"] - 1, dtype=x.dtype)
        angles = (x @ directions.T)[:, :, None] * t
        gaussian = torch.exp(-(t**2) / 2)
        difference = torch.exp(1j * angles).mean(0) - gaussian
        return len(x) * torch.trapezoid(difference.abs() ** 2 * gaussian, t, dim=-1).mean()

    def compute(inputs):
        outputs = [inputs[key] for key in inputs if key.startswith("view")]
        directions = inputs["normals"] / inputs["normals"].norm(dim=1, keepdim=True)
        center = sum(outputs) / len(outputs)
        prediction = sum(((z - center) ** 2).mean() for z in outputs) / len(outputs)
        sigreg = sum(statistic(z, directions) for z in outputs) / len(outputs)
        loss = (1 - options["lambda"]) * prediction + options["lambda"] * sigreg
        return {"loss": loss, "prediction": prediction, "sigreg": sigreg}

    return compute


for name, count, shape, scale, options in [
    ("lejepa", 2, (16, 6), 1, {"lambda": 0.05, "slices": 12, "points": 17, "range": 3}),
    ("lejepa-four-views", 4, (12, 5), 2, {"lambda": 0.02, "slices": 7, "points": 17, "range": 3}),
    ("lejepa-wide-range", 2, (10, 8), 0.1, {"lambda": 0.5, "slices": 9, "points": 9, "range": 5}),
]:
    inputs = {key: scale * x for key, x in views(count, *shape, seed=len(name)).items()}
    inputs = {key: x.float().double() for key, x in inputs.items()} | {"normals": normals(shape[1], options["slices"])}
    note = "`normals` are the values that the random stream draws: directions before they are set to unit length."
    write_case(name, "lejepa", options, inputs, (reference(options), formula(options)), SOURCE, note)
