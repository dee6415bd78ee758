"""Golden values of 20 training steps of three networks in PyTorch (CPU). Writes networks.json beside this file.

Run: python networks.py   (needs torch and numpy; nothing of the project needs them)
Losses and fingerprints are those of double precision; what float32 strays from them is printed.
"""
import json
import math
import os

import torch
from torch import nn
from torch.nn import functional as F

from formula import fingerprint, tensor

torch.set_num_threads(1)
torch.manual_seed(0)


class ConvBN(nn.Module):
    def __init__(self, c, o, k, stride=1, groups=1, relu=True):
        super().__init__()
        self.conv = nn.Conv2d(c, o, k, stride, k // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(o)
        self.relu = relu

    def forward(self, x):
        y = self.norm(self.conv(x))
        return F.relu(y) if self.relu else y


class Plain(nn.Module):
    """Convolutions with batch norm, max and average pooling."""

    def __init__(self):
        super().__init__()
        self.a = ConvBN(3, 16, 3)
        self.b = ConvBN(16, 32, 3)
        self.c = ConvBN(32, 32, 3)
        self.fc = nn.Linear(32, 5)

    def forward(self, x):
        x = F.max_pool2d(self.a(x), 2)
        x = F.avg_pool2d(self.b(x), 2)
        return self.fc(self.c(x).mean((2, 3)))


class Residual(nn.Module):
    """A small ResNet: a block with an identity shortcut, one with a stride-2 projection."""

    def __init__(self):
        super().__init__()
        self.stem = ConvBN(3, 16, 3)
        self.a1 = ConvBN(16, 16, 3)
        self.a2 = ConvBN(16, 16, 3, relu=False)
        self.b1 = ConvBN(16, 32, 3, stride=2)
        self.b2 = ConvBN(32, 32, 3, relu=False)
        self.bs = ConvBN(16, 32, 1, stride=2, relu=False)
        self.fc = nn.Linear(32, 5)

    def forward(self, x):
        x = self.stem(x)
        x = F.relu(self.a2(self.a1(x)) + x)
        x = F.relu(self.b2(self.b1(x)) + self.bs(x))
        return self.fc(x.mean((2, 3)))


class Mobile(nn.Module):
    """An inverted residual (depthwise convolution, SiLU), then layer norm and GELU in the head."""

    def __init__(self):
        super().__init__()
        self.stem = ConvBN(3, 16, 3, stride=2, relu=False)
        self.expand = ConvBN(16, 48, 1, relu=False)
        self.depth = ConvBN(48, 48, 3, groups=48, relu=False)
        self.project = ConvBN(48, 16, 1, relu=False)
        self.hidden = nn.Linear(16, 24)
        self.norm = nn.LayerNorm(24)
        self.fc = nn.Linear(24, 5)

    def forward(self, x):
        x = F.hardswish(self.stem(x))
        x = x + self.project(F.silu(self.depth(F.silu(self.expand(x)))))
        x = F.gelu(self.norm(self.hidden(x.mean((2, 3)))))
        return self.fc(x)


def initialise(model):
    """He-like sizes; biases and shifts small but not zero, so that their places are checked too."""
    for seed, (name, p) in enumerate(sorted(model.named_parameters()), start=1):
        with torch.no_grad():
            if p.dim() > 1:
                p.copy_(tensor(p.shape, seed, math.sqrt(6 / math.prod(p.shape[1:]))))
            elif name.endswith('norm.weight'):
                p.copy_(1 + tensor(p.shape, seed, 0.2))
            else:
                p.copy_(tensor(p.shape, seed, 0.1))


def decay_groups(model, weight_decay):
    named = list(model.named_parameters())
    return [
        {'params': [p for _, p in named if p.dim() > 1], 'weight_decay': weight_decay},
        {'params': [p for _, p in named if p.dim() == 1], 'weight_decay': 0.0},
    ]


def train(model, make_optimizer, smoothing, clip, rates):
    initialise(model)
    model.train()
    optimizer = make_optimizer(model)
    losses = []
    for step, rate in enumerate(rates):
        x = tensor((8, 3, 8, 8), 1000 + step)
        y = (torch.arange(8) * 3 + step) % 5
        # The images carry their class, so that there is something to learn.
        x = x + 0.5 * y.float().reshape(8, 1, 1, 1) - 1
        for group in optimizer.param_groups:
            group['lr'] = rate
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x.to(next(model.parameters()).dtype)), y, label_smoothing=smoothing)
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses, model


def summary(model):
    return {name: fingerprint(t) for name, t in model.state_dict().items() if not name.endswith('num_batches_tracked')}


steps = 20
cosine = [0.1 * 0.5 * (1 + math.cos(math.pi * i / steps)) for i in range(steps)]
cases = {
    'plain': (Plain, lambda m: torch.optim.SGD(decay_groups(m, 1e-2), lr=1, momentum=0.9, nesterov=True), 0.0, None, cosine),
    'residual': (Residual, lambda m: torch.optim.SGD(decay_groups(m, 5e-4), lr=1, momentum=0.9), 0.1, 1.0, cosine),
    'mobile': (Mobile, lambda m: torch.optim.AdamW(decay_groups(m, 0.05), lr=1), 0.1, None, [r / 20 for r in cosine]),
}

result = {}
for name, (make, optimizer, smoothing, clip, rates) in cases.items():
    losses, model = train(make(), optimizer, smoothing, clip, rates)
    exact, exact_model = train(make().double(), optimizer, smoothing, clip, rates)
    # How far float32 itself strays from double precision: what a tolerance may be.
    print(name, 'loss', losses[0], '->', losses[-1], 'float32 against double:', max(abs(a - b) for a, b in zip(losses, exact)))
    a, b = summary(model), summary(exact_model)
    print('  weights, largest relative difference:', max(abs(p - q) / (1e-3 + b[k][3] ** 0.5) for k in a for p, q in zip(a[k][:3], b[k][:3])))
    result[name] = {
        'rates': rates,
        'losses': exact,
        'shapes': {k: list(v.shape) for k, v in sorted(model.named_parameters())},
        'final': b,
    }

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'networks.json'), 'w') as f:
    json.dump(result, f, indent=None, separators=(',', ':'))
    f.write('\n')
