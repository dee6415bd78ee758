"""PyTorch's side of the training-step benchmark.

Reads one JSON request a line, {"net", "format", "steps"}, and answers each with {"wall": [ms…], "cpu": [ms…], "loss"}.
Argument: the number of threads.
"""
import json
import sys
import time

import torch
from torch import nn

BATCH, CLASSES = 64, 10


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


def conv_norm_relu(inputs, outputs, kernel, stride=1, groups=1):
    return [conv(inputs, outputs, kernel, stride, groups), nn.BatchNorm2d(outputs), nn.ReLU()]


def head(width):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES)]


def plain():
    blocks = [
        *conv_norm_relu(3, 32, 3), nn.MaxPool2d(2),
        *conv_norm_relu(32, 64, 3), nn.MaxPool2d(2),
        *conv_norm_relu(64, 64, 3),
    ]
    return nn.Sequential(*blocks, *head(64))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(*conv_norm_relu(inputs, outputs, 3, stride), conv(outputs, outputs, 3), nn.BatchNorm2d(outputs))
        narrow = inputs == outputs
        self.short = nn.Identity() if narrow else nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return torch.relu(self.body(x) + self.short(x))


def resnet20():
    widths = [(16, 16, 1)] * 3 + [(16, 32, 2), (32, 32, 1), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 64, 1)]
    return nn.Sequential(*conv_norm_relu(3, 16, 3), *[Residual(*width) for width in widths], *head(64))


STAGES = [(16, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1)]


def separable():
    layers = conv_norm_relu(3, 16, 3)
    for inputs, outputs, stride in STAGES:
        layers += [conv(inputs, inputs, 3, stride, inputs), *conv_norm_relu(inputs, outputs, 1)]
    return nn.Sequential(*layers, *head(64))


def relu_conv_norm(inputs, outputs, kernel, stride=1):
    return nn.Sequential(nn.ReLU(), conv(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs))


class Cell(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = relu_conv_norm(width, width, 3)
        self.point = relu_conv_norm(width, width, 1)
        self.last = relu_conv_norm(width, width, 3)
        self.pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)

    def forward(self, x):
        first = self.first(x)
        second = x + self.point(first)
        return self.pool(x) + self.last(first) + second


class Reduction(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.body = nn.Sequential(relu_conv_norm(inputs, outputs, 3, 2), relu_conv_norm(outputs, outputs, 3))
        self.short = nn.Sequential(nn.AvgPool2d(2), conv(inputs, outputs, 1))

    def forward(self, x):
        return self.short(x) + self.body(x)


def nas_bench_201():
    stem = [conv(3, 16, 3), nn.BatchNorm2d(16)]
    cells = [Cell(16), Reduction(16, 32), Cell(32), Reduction(32, 64), Cell(64)]
    return nn.Sequential(*stem, *cells, nn.BatchNorm2d(64), nn.ReLU(), *head(64))


def mlp():
    layers, width = [], 100
    for units in (256, 256, 128):
        layers += [nn.Linear(width, units), nn.ReLU()]
        width = units
    return nn.Sequential(*layers, nn.Linear(width, CLASSES))


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        wide = inputs * 4
        self.body = nn.Sequential(
            *conv_norm_relu(inputs, wide, 1), *conv_norm_relu(wide, wide, 3, stride, wide),
            conv(wide, outputs, 1), nn.BatchNorm2d(outputs),
        )
        self.residual = inputs == outputs and stride == 1

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


def mobile():
    return nn.Sequential(*conv_norm_relu(3, 16, 3), *[Inverted(*stage) for stage in STAGES], *head(64))


NETS = {
    "plain": plain,
    "resnet20": resnet20,
    "separable": separable,
    "nas-bench-201": nas_bench_201,
    "mlp": mlp,
    "mobile": mobile,
}
FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def trainer(name, memory_format):
    torch.manual_seed(0)
    net = NETS[name]()
    if name == "mlp":
        x = torch.randn(256, 100)
    else:
        net = net.to(memory_format=FORMATS[memory_format])
        x = torch.randn(BATCH, 3, 32, 32).to(memory_format=FORMATS[memory_format])
    y = torch.arange(len(x)) % CLASSES
    optimizer = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)

    def step():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main():
    torch.set_num_threads(int(sys.argv[1]))
    trainers = {}
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["net"], request["format"])
        if key not in trainers:
            trainers[key] = trainer(*key)
        wall, cpu, loss = [], [], None
        for _ in range(request["steps"]):
            began, used = time.perf_counter(), time.process_time()
            loss = trainers[key]()
            wall.append((time.perf_counter() - began) * 1e3)
            cpu.append((time.process_time() - used) * 1e3)
        print(json.dumps({"wall": wall, "cpu": cpu, "loss": loss}), flush=True)


main()
