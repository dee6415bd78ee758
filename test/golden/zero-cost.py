"""Golden values of zero-cost scores in PyTorch, each as its paper has it. Writes zero-cost.json.

Run: python zero-cost.py   (needs torch and numpy; nothing of the project needs them)
Computed in double precision from the float32 numbers of formula.py. The network (test/proxy/scores.test.ts builds the same): stem convolution, batch norm,
ReLU; convolution, batch norm, sum with the stem, ReLU; mean pooling; 1x1 convolution with bias, ReLU; global pooling; dense.
"""
import json
import os

import torch
from torch.nn import functional as F

from formula import tensor

torch.set_num_threads(1)
batch, classes = 6, 3
shapes = {
    'stem/weight': (4, 2, 3, 3),
    'norm1/scale': (4,),
    'norm1/shift': (4,),
    'inner/weight': (4, 4, 3, 3),
    'norm2/scale': (4,),
    'norm2/shift': (4,),
    'point/weight': (5, 4, 1, 1),
    'point/bias': (5,),
    'classes/weight': (5, classes),
    'classes/bias': (classes,),
}
values = {name: tensor(shape, 1 + i, 0.7).double() for i, (name, shape) in enumerate(shapes.items())}
for name in ('norm1/scale', 'norm2/scale'):
    values[name] = values[name] + 1
weights = [name for name in shapes if name.endswith('/weight')]
inputs = tensor((batch, 2, 6, 6), 50).double()
labels = torch.arange(batch) % classes


def forward(p, x, normalizes=True):
    """Gives the output, the values of the weighing layers and those of the ReLUs."""
    seen, codes = [], []

    def weighed(y):
        if y.requires_grad:
            y.retain_grad()
        seen.append(y)
        return y

    def norm(y, name):
        return F.batch_norm(y, None, None, p[f'{name}/scale'], p[f'{name}/shift'], True, eps=1e-5) if normalizes else y

    def relu(y):
        codes.append(F.relu(y))
        return codes[-1]

    stem = relu(norm(weighed(F.conv2d(x, p['stem/weight'], padding=1)), 'norm1'))
    inner = norm(weighed(F.conv2d(stem, p['inner/weight'], padding=1)), 'norm2')
    y = F.avg_pool2d(relu(inner + stem), 2)
    y = relu(weighed(F.conv2d(y, p['point/weight'], p['point/bias'])))
    return weighed(y.mean((2, 3)) @ p['classes/weight'] + p['classes/bias']), seen, codes


def fresh(change=lambda v: v):
    return {name: change(value).clone().requires_grad_() for name, value in values.items()}


golden = {}

p = fresh()
output, seen, codes = forward(p, inputs)
F.cross_entropy(output, labels).backward()
golden['grad-norm'] = sum(p[name].grad.norm() for name in weights)
golden['snip'] = sum((p[name] * p[name].grad).abs().sum() for name in weights)
golden['fisher'] = sum(((y * y.grad).flatten(2).sum(2) if y.dim() > 2 else y * y.grad).pow(2).mean(0).sum() / 2 for y in seen)

p = fresh()
slopes = torch.autograd.grad(F.cross_entropy(forward(p, inputs)[0], labels), [p[name] for name in weights], create_graph=True)
curved = torch.autograd.grad(sum((g * g.detach()).sum() for g in slopes), [p[name] for name in weights])
golden['grasp'] = -sum((p[name] * c).sum() for name, c in zip(weights, curved))

kernel = torch.zeros(batch, batch, dtype=torch.float64)
for y in codes:
    on = (y > 0).double().flatten(1)
    kernel += on @ on.T + (1 - on) @ (1 - on).T
golden['naswot'] = torch.linalg.slogdet(kernel)[1]

x = inputs.clone().requires_grad_()
forward(values, x)[0].sum().backward()
spectrum = torch.linalg.eigvalsh(torch.corrcoef(x.grad.flatten(1)))
golden['jacob-cov'] = -(torch.log(spectrum + 1e-5) + 1 / (spectrum + 1e-5)).sum()

p = fresh(torch.abs)
forward(p, torch.ones(1, 2, 6, 6, dtype=torch.float64), normalizes=False)[0].sum().backward()
golden['synflow'] = torch.log(sum((p[name] * p[name].grad).abs().sum() for name in weights))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'zero-cost.json'), 'w') as f:
    json.dump({name: float(value) for name, value in golden.items()}, f, indent=2)
    f.write('\n')
