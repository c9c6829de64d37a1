"""Golden cases of SimMIM, computed by the authors' model around given predictions, and compared with the formula.

    git clone https://github.com/microsoft/SimMIM
    python test/golden/scripts/simmim.py SimMIM
"""

import sys

import numpy as np
import timm.layers
import torch

# The authors import this module, which later versions of timm have under another name.
sys.modules["timm.models.layers"] = timm.layers
sys.path.insert(0, sys.argv[1])
from models.simmim import SimMIM  # noqa: E402

from golden import write_case  # noqa: E402

torch.set_default_dtype(torch.float64)
SOURCE = "github.com/microsoft/SimMIM: SimMIM.forward, with given predictions and masks in place of encoder and decoder"


class Given(torch.nn.Module):
    """Stands for encoder and decoder: gives the predicted images."""

    num_features = 1

    def __init__(self, channels, side):
        super().__init__()
        self.in_chans, self.patch_size = channels, side

    def forward(self, images, mask):
        return self.predicted


def assembled(rows, mask, side, channels):
    """Images with the given rows as masked patches, and zeros elsewhere: [images, channels, height, width]."""
    images, down, across = mask.shape
    patches = torch.zeros(images * down * across, side * side * channels, dtype=rows.dtype)
    patches = patches.index_copy(0, torch.nonzero(mask.flatten()).flatten(), rows)
    patches = patches.view(images, down, across, side, side, channels)
    return patches.permute(0, 5, 1, 3, 2, 4).reshape(images, channels, down * side, across * side)


def reference(side, channels):
    def compute(inputs):
        mask = inputs["mask"]
        model = SimMIM(Given(channels, side), encoder_stride=side)
        model.decoder = torch.nn.Identity()
        model.encoder.predicted = assembled(inputs["view0"], mask, side, channels)
        return {"loss": model(assembled(inputs["pixels"], mask, side, channels), mask)}

    return compute


def formula(inputs):
    """Every image has the same number of masked patches here, so the mean over images is the mean over patches."""
    return {"loss": (inputs["view0"] - inputs["pixels"]).abs().mean()}


for name, (images, grid, masked), (side, channels) in [
    ("simmim", (3, (2, 3), 4), (4, 3)),
    ("simmim-grey", (4, (3, 3), 6), (5, 1)),
]:
    random = np.random.default_rng(len(name))
    marks = np.zeros((images, grid[0] * grid[1]), dtype=np.int32)
    for own in marks:
        own[random.permutation(len(own))[:masked]] = 1
    shape = (images * masked, side * side * channels)
    draw = lambda: torch.tensor(random.normal(size=shape).astype(np.float32).astype(np.float64))
    inputs = {"view0": draw(), "pixels": draw(), "mask": torch.tensor(marks.reshape(images, *grid))}
    note = "Rows are the masked patches in the row-major order of mask (image, row, column); columns are row, column, channel."
    write_case(name, "simmim", {}, inputs, (reference(side, channels), formula), SOURCE, note)
