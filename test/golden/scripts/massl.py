"""Golden cases of MaSSL, computed by the authors' partition and criterion, and compared with the formula.

    git clone https://github.com/sthalles/MaSSL
    python test/golden/scripts/massl.py MaSSL
"""

import sys
from types import SimpleNamespace

import torch

sys.path.insert(0, sys.argv[1])
from criterion import Criterion  # noqa: E402
from random_partition import RandomPartition  # noqa: E402

from golden import views, write_case  # noqa: E402

torch.set_default_dtype(torch.float64)
SOURCE = "github.com/sthalles/MaSSL: RandomPartition and Criterion, with the permutation given"


def branch(inputs, name):
    return [inputs[key] for key in inputs if key.startswith(name)]


def reference(options):
    def compute(inputs):
        students, teachers = branch(inputs, "view"), branch(inputs, "teacher")
        memories = students[0].shape[1]
        partition = RandomPartition(SimpleNamespace(ncrops=len(students), out_dim=memories))
        count = memories // options["blockSize"] * options["blockSize"]
        blocks = inputs["permutation"].long()[:count].view(-1, options["blockSize"])
        group = lambda logits: partition.get_logits_group(logits, blocks, options["blockSize"])
        students = [group(x / options["studentTemperature"]) for x in students]
        teachers = [group(x / options["teacherTemperature"]) for x in teachers]
        return {"loss": Criterion()(students, teachers)}

    return compute


def formula(options):
    def compute(inputs):
        students, teachers = branch(inputs, "view"), branch(inputs, "teacher")
        size = options["blockSize"]
        losses = []
        for g in range(students[0].shape[1] // size):
            columns = inputs["permutation"].long()[g * size : (g + 1) * size]
            for j, teacher in enumerate(teachers):
                q = torch.softmax(teacher[:, columns] / options["teacherTemperature"], 1)
                for i, student in enumerate(students):
                    if i != j:
                        log = torch.log_softmax(student[:, columns] / options["studentTemperature"], 1)
                        losses.append(-(q * log).sum(1).mean())
        return {"loss": sum(losses) / len(losses)}

    return compute


for name, count, shape, options in [
    ("massl", 2, (6, 12), {"blockSize": 4, "studentTemperature": 0.1, "teacherTemperature": 0.04}),
    ("massl-multi-crop", 4, (5, 12), {"blockSize": 6, "studentTemperature": 0.2, "teacherTemperature": 0.07}),
    ("massl-remainder", 2, (7, 11), {"blockSize": 4, "studentTemperature": 0.1, "teacherTemperature": 0.05}),
]:
    cosines = {key: torch.tanh(x / 3).float().double() for key, x in views(count + 2, *shape, seed=len(name)).items()}
    inputs = {key: x for key, x in list(cosines.items())[:count]}
    inputs |= {f"teacher{i}": cosines[f"view{count + i}"] for i in range(2)}
    inputs["permutation"] = torch.randperm(shape[1], generator=torch.Generator().manual_seed(len(name))).int()
    write_case(name, "massl", options, inputs, (reference(options), formula(options)), SOURCE)
