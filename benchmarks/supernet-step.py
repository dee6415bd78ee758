"""PyTorch's side of the supernet-step benchmark: the supernet of the space darts, as Nascent builds it.

Two preprocessing convolutions a cell, four nodes that each read all before them, seven operations on each edge (no `none`), pooling without batch
norm, batch norm with scale and shift. Reads one JSON request a line, {"kind", "format", "steps"}, and answers each with {"wall": [ms...],
"cpu": [ms...], "rss": MiB at most so far, "parameters": count}. Arguments: threads, cells, channels, batch.
"""
import json
import random
import resource
import sys
import time

import torch
from torch import nn

SIDE, CLASSES, NODES = 28, 10, 4


def conv(inputs, outputs, kernel, stride=1, groups=1, dilation=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, dilation * (kernel // 2), dilation=dilation, groups=groups, bias=False)


def relu_conv_norm(inputs, outputs, kernel, stride=1):
    return nn.Sequential(nn.ReLU(), conv(inputs, outputs, kernel, stride), nn.BatchNorm2d(outputs))


def separable(channels, kernel, stride, dilation=1):
    return [
        nn.ReLU(), conv(channels, channels, kernel, stride, channels, dilation),
        conv(channels, channels, 1), nn.BatchNorm2d(channels),
    ]


class Reduction(nn.Module):
    """Factorised reduction."""

    def __init__(self, inputs, outputs):
        super().__init__()
        moved = outputs // 2
        self.first, self.second = conv(inputs, outputs - moved, 1, 2), conv(inputs, moved, 1, 2)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = torch.relu(x)
        moved = nn.functional.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:]
        return self.norm(torch.cat([self.first(x), self.second(moved)], 1))


def operations(channels, stride):
    return nn.ModuleList([
        nn.MaxPool2d(3, stride, 1),
        nn.AvgPool2d(3, stride, 1, count_include_pad=False),
        nn.Identity() if stride == 1 else Reduction(channels, channels),
        nn.Sequential(*separable(channels, 3, stride), *separable(channels, 3, 1)),
        nn.Sequential(*separable(channels, 5, stride), *separable(channels, 5, 1)),
        nn.Sequential(*separable(channels, 3, stride, 2)),
        nn.Sequential(*separable(channels, 5, stride, 2)),
    ])


class Cell(nn.Module):
    def __init__(self, before, last, channels, reduces, after_reduction):
        super().__init__()
        self.before = Reduction(before, channels) if after_reduction else relu_conv_norm(before, channels, 1)
        self.last = relu_conv_norm(last, channels, 1)
        self.edges = nn.ModuleList([
            operations(channels, 2 if reduces and source < 2 else 1) for node in range(NODES) for source in range(2 + node)
        ])

    def forward(self, before, last, weights, choice):
        states = [self.before(before), self.last(last)]
        at = 0
        for node in range(NODES):
            total = 0
            for source in range(2 + node):
                if choice is None:
                    mixed = sum(w * op(states[source]) for w, op in zip(weights[at + source], self.edges[at + source]))
                    total = total + mixed
                elif (node, source) in choice:
                    total = total + self.edges[at + source][choice[node, source]](states[source])
            at += len(states)
            states.append(total)
        return torch.cat(states[2:], 1)


class Supernet(nn.Module):
    def __init__(self, cells, channels):
        super().__init__()
        self.stem = nn.Sequential(conv(1, 3 * channels, 3), nn.BatchNorm2d(3 * channels))
        reductions = [cells // 3, 2 * cells // 3]
        self.kinds = [int(i in reductions) for i in range(cells)]
        before = last = 3 * channels
        made = []
        for i, reduces in enumerate(self.kinds):
            channels *= 1 + reduces
            made.append(Cell(before, last, channels, reduces, i - 1 in reductions))
            before, last = last, NODES * channels
        self.cells = nn.ModuleList(made)
        self.head = nn.Linear(last, CLASSES)
        edges = sum(2 + node for node in range(NODES))
        self.alphas = nn.ParameterList([nn.Parameter(torch.zeros(edges, 7)) for _ in range(2)])

    def forward(self, x, choices=None):
        before = last = self.stem(x)
        weights = [torch.softmax(alphas, 1) for alphas in self.alphas]
        for cell, kind in zip(self.cells, self.kinds):
            before, last = last, cell(before, last, weights[kind], choices and choices[kind])
        return self.head(last.mean((2, 3)))


def path():
    return [
        {(node, source): random.randrange(7) for node in range(NODES) for source in random.sample(range(2 + node), 2)}
        for _ in range(2)
    ]


def stepper(net, kind, memory_format, batch):
    x = torch.randn(batch, 1, SIDE, SIDE).to(memory_format=memory_format)
    y = torch.arange(batch) % CLASSES
    alphas = set(map(id, net.alphas))
    weights = [p for p in net.parameters() if id(p) not in alphas]
    optimizer = torch.optim.SGD(weights, 1e-3, momentum=0.9, nesterov=True, weight_decay=1e-4)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)

    def alpha_step():
        return torch.autograd.grad(loss_of(net(x), y), list(net.alphas))

    def weight_step():
        optimizer.zero_grad(set_to_none=True)
        loss_of(net(x, path() if kind == "sampled" else None), y).backward()
        nn.utils.clip_grad_norm_(weights, 5)
        optimizer.step()

    return (alpha_step if kind == "alphas" else weight_step), sum(p.numel() for p in weights)


def main():
    threads, cells, channels, batch = map(int, sys.argv[1:])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    random.seed(0)
    formats = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
    steppers = {}
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["kind"], request["format"])
        if key not in steppers:
            # One kind at a time, so that memory is that of one.
            if any(kind != key[0] for kind, _ in steppers):
                steppers.clear()
            memory_format = formats[key[1]]
            steppers[key] = stepper(Supernet(cells, channels).to(memory_format=memory_format), key[0], memory_format, batch)
        step, parameters = steppers[key]
        wall, cpu = [], []
        for _ in range(request["steps"]):
            began, used = time.perf_counter(), time.process_time()
            step()
            wall.append((time.perf_counter() - began) * 1e3)
            cpu.append((time.process_time() - used) * 1e3)
        rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"wall": wall, "cpu": cpu, "rss": rss, "parameters": parameters}), flush=True)


main()
