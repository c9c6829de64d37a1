"""Checkpoints as torchvision, timm, lightly, solo-learn, DINO and MoCo save them, each with the network that gives the features.

The files of torchvision, timm and lightly are saved by their own programs. Those of solo-learn, DINO and MoCo have the names and the
surrounding objects that these programs write, around networks of torchvision and timm.
"""

import argparse
import os
from dataclasses import dataclass

import lightly.models
import omegaconf
import pytorch_lightning
import timm
import timm.utils
import torch
import torchvision
from lightly.loss import NTXentLoss
from lightly.models.modules import MaskedVisionTransformerTIMM, SimCLRProjectionHead
from lightly.models.utils import deactivate_requires_grad, update_momentum
from safetensors.torch import save_file
from torch import nn

VIT_SMALL = "{ use: vit }"
VIT_64 = "{ use: vit, imageSize: 64, patchSize: 8 }"
RESNET_CIFAR = "{ use: resnet, depth: 18, stem: cifar }"


@dataclass
class Case:
    file: str
    """Encoder in a pipeline of this framework."""
    encoder: str
    """Gives the features of a batch of normalised images."""
    network: nn.Module
    """Side of the images in pixels."""
    side: int = 64
    """Option `--part`, where several networks in the file fit."""
    part: str = ""


def randomised(network):
    """Random scales, shifts, statistics, biases, class tokens and layer scales, which programs set to 0 or 1 at the start."""
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.3)
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.normal_(module.bias, 0, 0.1)
    for name, value in network.named_parameters():
        if name.endswith(("cls_token", "class_token", "pos_embed", "pos_embedding")):
            nn.init.normal_(value, 0, 0.2)
        if name.endswith(("gamma", "layer_scale")):
            nn.init.uniform_(value, 0.5, 1)
    return network.eval()


def without_classifier(network, name="fc"):
    """The same weights with the features as output."""
    setattr(network, name, nn.Identity())
    return network


class Wrapped(nn.Module):
    """Puts a network and others beside it under the prefix of a wrapper, such as `DataParallel`."""

    def __init__(self, prefix, network, **others):
        super().__init__()
        place = self
        for name in prefix.split(".")[:-1]:
            place.add_module(name, nn.Module())
            place = getattr(place, name)
        place.add_module(prefix.split(".")[-1], network)
        for name, module in others.items():
            place.add_module(name, module)


def fitted(module, folder, name, side):
    """Trains a Lightning module for one step and returns the path of the checkpoint that the trainer writes."""
    images = torch.utils.data.DataLoader(torch.rand(8, 3, side, side), batch_size=8)
    callback = pytorch_lightning.callbacks.ModelCheckpoint(dirpath=folder, filename=name)
    options = {"max_epochs": 1, "accelerator": "cpu", "logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    pytorch_lightning.Trainer(callbacks=[callback], **options).fit(module, images)
    module.eval()
    return os.path.basename(callback.best_model_path)


def torchvision_state_dict(folder):
    network = randomised(torchvision.models.resnet18())
    torch.save(network.state_dict(), f"{folder}/torchvision-resnet18.pth")
    return Case("torchvision-resnet18.pth", "{ use: resnet, depth: 18 }", without_classifier(network))


def torchvision_training(folder):
    """As the classification reference of torchvision saves a checkpoint."""
    network = torchvision.models.resnet50()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    network(torch.rand(2, 3, 64, 64)).mean().backward()
    optimizer.step()
    randomised(network)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 30)
    state = {"model": network.state_dict(), "optimizer": optimizer.state_dict(), "lr_scheduler": schedule.state_dict()}
    torch.save({**state, "epoch": 3, "args": argparse.Namespace(lr=0.1, device="cpu")}, f"{folder}/torchvision-resnet50.pth")
    return Case("torchvision-resnet50.pth", "{ use: resnet, depth: 50 }", without_classifier(network))


def torchvision_vit(folder):
    network = randomised(torchvision.models.vit_b_16(image_size=64))
    torch.save(network.state_dict(), f"{folder}/torchvision-vit-b-16.pth")
    encoder = "{ use: vit, imageSize: 64, heads: 12, dim: 768 }"
    return Case("torchvision-vit-b-16.pth", encoder, without_classifier(network, "heads"))


def timm_hub(folder):
    """As timm saves a model for Hugging Face."""
    network = randomised(timm.create_model("resnet50"))
    timm.models.save_for_hf(network, f"{folder}/timm-resnet50", safe_serialization=True)
    return Case("timm-resnet50/model.safetensors", "{ use: resnet, depth: 50 }", without_classifier(network))


def timm_training(folder):
    """As the training program of timm saves a checkpoint, with an average of the weights beside them."""
    network = randomised(timm.create_model("vit_small_patch16_224"))
    average = timm.utils.ModelEmaV2(network)
    randomised(average.module)
    optimizer = torch.optim.AdamW(network.parameters())
    args = argparse.Namespace(model="vit_small_patch16_224", lr=1e-3)
    saver = timm.utils.CheckpointSaver(network, optimizer, args=args, model_ema=average, checkpoint_dir=folder)
    saver.save_checkpoint(0, 0.5)
    os.replace(f"{folder}/last.pth.tar", f"{folder}/timm-vit-small.pth.tar")
    return Case("timm-vit-small.pth.tar", VIT_SMALL, without_classifier(average.module, "head"), 224, "state_dict_ema.")


def timm_convnext(folder):
    network = randomised(timm.create_model("convnext_tiny"))
    torch.save(network.state_dict(), f"{folder}/timm-convnext.pth")
    network.reset_classifier(0)
    return Case("timm-convnext.pth", "{ use: convnext, size: tiny }", network)


class SimCLR(pytorch_lightning.LightningModule):
    """SimCLR in lightly with a backbone made of the children of torchvision's ResNet."""

    def __init__(self):
        super().__init__()
        self.save_hyperparameters({"temperature": 0.5})
        self.backbone = nn.Sequential(*list(torchvision.models.resnet18().children())[:-1])
        self.projection_head = SimCLRProjectionHead(512, 512, 128)
        self.criterion = NTXentLoss()

    def forward(self, x):
        return self.backbone(x).flatten(1)

    def training_step(self, batch, _):
        views = [self.projection_head(self(batch + 0.1 * torch.randn_like(batch))) for _ in range(2)]
        return self.criterion(*views)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.06, momentum=0.9)


class MoCo(SimCLR):
    """MoCo in lightly with its own ResNet for small images, a momentum encoder, and a memory bank in the loss."""

    def __init__(self):
        super().__init__()
        make = lambda: without_classifier(lightly.models.ResNetGenerator("resnet-18"), "linear")
        self.backbone, self.backbone_momentum = make(), make()
        self.criterion = NTXentLoss(memory_bank_size=(64, 128))
        deactivate_requires_grad(self.backbone_momentum)

    def training_step(self, batch, _):
        update_momentum(self.backbone, self.backbone_momentum, 0.9)
        key = self.projection_head(self.backbone_momentum(batch).flatten(1)).detach()
        return self.criterion(self.projection_head(self(batch)), key)


class Masked(SimCLR):
    """A vision transformer in lightly's module for masked images."""

    def __init__(self):
        super().__init__()
        vit = timm.create_model("vit_small_patch8_224", img_size=64, num_classes=0)
        self.backbone = MaskedVisionTransformerTIMM(vit=vit)
        self.projection_head = SimCLRProjectionHead(384, 384, 128)


def lightly_simclr(folder):
    model = SimCLR()
    randomised(model.backbone)
    return Case(fitted(model, folder, "lightly-simclr", 64), "{ use: resnet, depth: 18 }", model)


def lightly_moco(folder):
    model = MoCo()
    randomised(model.backbone)
    return Case(fitted(model, folder, "lightly-moco", 32), RESNET_CIFAR, model, 32, "state_dict.backbone.")


def lightly_vit(folder):
    model = Masked()
    randomised(model.backbone)
    return Case(fitted(model, folder, "lightly-vit", 64), VIT_64, model)


def solo_learn(folder):
    """Imitated: names and hyperparameters of a run of solo-learn on small images."""
    network = torchvision.models.resnet18(num_classes=10)
    network.conv1, network.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    without_classifier(randomised(network))
    projector = nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, 128))
    states = {"backbone": network, "classifier": nn.Linear(512, 10), "projector": projector}
    state = {f"{name}.{key}": value for name, module in states.items() for key, value in module.state_dict().items()}
    config = omegaconf.OmegaConf.create({"method": "simclr", "backbone": {"name": "resnet18", "kwargs": {}}, "gpus": [0, 1]})
    loops = {"fit_loop": {"epoch_progress": {"current": {"ready": 1}}}}
    torch.save(
        {"epoch": 1, "pytorch-lightning_version": "2.6.6", "state_dict": state, "loops": loops, "hyper_parameters": config},
        f"{folder}/solo-learn.ckpt",
    )
    return Case("solo-learn.ckpt", RESNET_CIFAR, network, 32)


def dino(folder):
    """Imitated: a checkpoint of DINO's training, whose student is wrapped for several processes."""
    student, teacher = (randomised(timm.create_model("vit_small_patch16_224", num_classes=0)) for _ in range(2))
    heads = [nn.Sequential(nn.Linear(384, 256), nn.GELU(), nn.Linear(256, 128)) for _ in range(2)]
    wrapped, alone = Wrapped("module.backbone", student, head=heads[0]), Wrapped("backbone", teacher, head=heads[1])
    state = {
        "student": wrapped.state_dict(),
        "teacher": alone.state_dict(),
        "optimizer": torch.optim.AdamW(wrapped.parameters()).state_dict(),
        "epoch": 100,
        "args": argparse.Namespace(arch="vit_small", patch_size=16, local_crops_scale=(0.05, 0.4)),
        "dino_loss": {"center": torch.zeros(1, 128)},
        "fp16_scaler": {"scale": 65536.0},
    }
    torch.save(state, f"{folder}/dino.pth")
    return Case("dino.pth", VIT_SMALL, teacher, 224, "teacher.backbone.")


def moco(folder):
    """Imitated: the official MoCo for ResNet-50, with a queue."""
    query, key = (randomised(torchvision.models.resnet50(num_classes=128)) for _ in range(2))
    model = Wrapped("module.encoder_q", query, encoder_k=key)
    state = model.state_dict() | {"module.queue": torch.randn(128, 512), "module.queue_ptr": torch.zeros(1, dtype=torch.long)}
    torch.save({"epoch": 200, "arch": "resnet50", "state_dict": state}, f"{folder}/moco.pth.tar")
    return Case("moco.pth.tar", "{ use: resnet, depth: 50 }", without_classifier(query), 64, "state_dict.module.encoder_q.")


def half(folder):
    """float16 weights; torch computes with the same values as float32."""
    network = randomised(torchvision.models.resnet18()).half()
    torch.save(network.state_dict(), f"{folder}/float16.pth")
    return Case("float16.pth", "{ use: resnet, depth: 18 }", without_classifier(network).float())


def bfloat(folder):
    """bfloat16 weights; torch computes with the same values as float32."""
    network = randomised(timm.create_model("vit_small_patch8_224", img_size=64, num_classes=0)).bfloat16()
    save_file(network.state_dict(), f"{folder}/bfloat16.safetensors")
    return Case("bfloat16.safetensors", VIT_64, network.float())


CASES = {
    made.__name__.replace("_", "-"): made
    for made in (
        *(torchvision_state_dict, torchvision_training, torchvision_vit, timm_hub, timm_training, timm_convnext),
        *(lightly_simclr, lightly_moco, lightly_vit, solo_learn, dino, moco, half, bfloat),
    )
}
