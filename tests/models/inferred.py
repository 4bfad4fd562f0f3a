"""PyTorch modules whose state dicts alone are saved: NAME.pt, NAME.safetensors, and NAME.logits in float32.

    inferred.py DIR

DIR holds `pictures.bin`: two pictures of 28×28 bytes.
"""

import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

folder = sys.argv[1]
pictures = np.fromfile(f"{folder}/pictures.bin", np.uint8).reshape(-1, 1, 28, 28).astype("float32") / 255


class Apart(nn.Module):
    """Norms that are defined behind all layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 6, 3)
        self.bn1 = nn.BatchNorm2d(6)
        self.bn2 = nn.BatchNorm2d(6)
        self.fc1 = nn.Linear(6 * 5 * 5, 12)
        self.bn3 = nn.BatchNorm1d(12)
        self.fc2 = nn.Linear(12, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.relu(self.bn3(self.fc1(x.flatten(1))))
        return self.fc2(x)


def block(inputs, outputs, kernel=3, padding=1, stride=1, groups=1):
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]


networks = {
    # Between convolution and ReLU, without a bias.
    "norms": nn.Sequential(
        *block(1, 4), nn.MaxPool2d(2), *block(4, 8), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 7 * 7, 10)
    ),
    "apart": Apart(),
    # The second convolution sees each channel alone.
    "depthwise": nn.Sequential(
        *block(1, 4), nn.MaxPool2d(2), *block(4, 4, groups=4), *block(4, 6, 1, 0), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(6 * 7 * 7, 10),
    ),
    "oblong": nn.Sequential(
        nn.Conv2d(1, 3, (3, 5)), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3 * 13 * 12, 10)
    ),
    # No padding and pools leave 64 maps of 7×7 of 12×12; strides do.
    "strides": nn.Sequential(
        *block(1, 3, stride=2), *block(3, 5, stride=2), nn.Flatten(), nn.Linear(5 * 7 * 7, 10)
    ),
    "means": nn.Sequential(
        *block(1, 4), nn.MaxPool2d(2), *block(4, 8), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8, 10),
    ),
}
torch.manual_seed(21)
for name, model in networks.items():
    # A batch gives the norms something to remember.
    model.train()
    with torch.no_grad():
        for _ in range(3):
            model(torch.rand(16, 1, 28, 28))
        out = model.eval()(torch.from_numpy(pictures)).numpy()
    torch.save(model.state_dict(), f"{folder}/{name}.pt")
    save_file(model.state_dict(), f"{folder}/{name}.safetensors")
    out.astype("float32").tofile(f"{folder}/{name}.logits")
print(len(networks), "networks")
