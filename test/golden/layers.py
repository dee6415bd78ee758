"""Golden values of layers, losses (forward and gradients) and optimizers (ten steps) in PyTorch. Writes layers.json and optimizers.json.

Run: python layers.py   (needs torch and numpy; nothing of the project needs them)
Computed in double precision from the float32 numbers of formula.py.
"""
import json
import os

import torch
from torch import nn
from torch.nn import functional as F

from formula import fingerprint, tensor

torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))


def save(name, data):
    with open(os.path.join(here, name), 'w') as f:
        json.dump(data, f, separators=(',', ':'))
        f.write('\n')


layers = {}


def layer(name, shapes, run):
    """Inputs are tensors of the formula with seeds 1, 2, …; each result's upstream gradient has seeds 101, 102, …"""
    inputs = [tensor(shape, i + 1).double().requires_grad_() for i, shape in enumerate(shapes)]
    results = run(*inputs)
    results = results if isinstance(results, tuple) else (results,)
    differentiable = [(r, tensor(r.shape, 101 + i).double()) for i, r in enumerate(results) if r.requires_grad]
    grads = torch.autograd.grad([r for r, _ in differentiable], inputs, [u for _, u in differentiable], allow_unused=True)
    layers[name] = {
        'inputs': [list(s) for s in shapes],
        'outputs': [{'shape': list(r.shape), 'print': fingerprint(r)} for r in results],
        'gradients': [None if g is None else fingerprint(g) for g in grads],
    }


image = (2, 16, 7, 6)
for label, o, cg, k, stride, dilation, groups in (
    ('convolution 3x3', 32, 16, 3, 1, 1, 1),
    ('convolution 1x1', 32, 16, 1, 1, 1, 1),
    ('convolution 5x5 stride 2', 16, 16, 5, 2, 1, 1),
    ('convolution 3x3 dilation 2', 16, 16, 3, 1, 2, 1),
    ('convolution 3x3 groups 4', 32, 4, 3, 1, 1, 4),
    ('depthwise 3x3', 16, 1, 3, 1, 1, 16),
    ('depthwise 5x5 stride 2', 16, 1, 5, 2, 1, 16),
    ('depthwise 3x3 dilation 2', 16, 1, 3, 1, 2, 16),
):
    pad = (k // 2) * dilation
    layer(label, [image, (o, cg, k, k)], lambda x, w: F.conv2d(x, w, None, stride, pad, dilation, groups))
layer('convolution with bias', [(2, 3, 7, 6), (16, 3, 3, 3), (16,)], lambda x, w, b: F.conv2d(x, w, b, 1, 1))
layer('convolution of odd channels', [(2, 5, 7, 6), (7, 5, 3, 3)], lambda x, w: F.conv2d(x, w, None, 2, 1))

layer('max-pool 2', [image], lambda x: F.max_pool2d(x, 2))
layer('max-pool 3 stride 1', [image], lambda x: F.max_pool2d(x, 3, 1, 1))
layer('max-pool 3 stride 2', [image], lambda x: F.max_pool2d(x, 3, 2, 1))
layer('average-pool 2', [image], lambda x: F.avg_pool2d(x, 2))
layer('average-pool 3 stride 1', [image], lambda x: F.avg_pool2d(x, 3, 1, 1))
layer('average-pool 3 without padding', [image], lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
layer('average-pool 3 stride 2', [image], lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False))
layer('global average-pool', [image], lambda x: x.mean((2, 3)))

layer('dense', [(4, 6), (6, 5), (5,)], lambda x, w, b: x @ w + b)


def batch_norm(x, scale, shift):
    mean, variance = torch.zeros(x.shape[1]).double(), torch.ones(x.shape[1]).double()
    y = F.batch_norm(x, mean, variance, scale, shift, True, 0.1, 1e-5)
    return y, mean, variance


def batch_norm_inference(x, scale, shift, mean, deviation):
    # Written out: PyTorch's own has no gradient with respect to the statistics.
    mean, scale, shift, variance = (v.reshape(1, -1, 1, 1) for v in (mean, scale, shift, deviation.square() + 0.5))
    return (x - mean) / (variance + 1e-5).sqrt() * scale + shift


layer('batch norm', [image, (16,), (16,)], batch_norm)
layer('batch norm of rows', [(8, 5), (5,), (5,)], batch_norm)
layer('batch norm, sum and relu', [image, (16,), (16,), image], lambda x, s, b, r: F.relu(batch_norm(x, s, b)[0] + r))
layer('batch norm for inference', [image, (16,), (16,), (16,), (16,)], batch_norm_inference)
layer('layer norm', [(4, 3, 6), (6,), (6,)], lambda x, s, b: F.layer_norm(x, (6,), s, b))

layer('relu', [(4, 9)], F.relu)
layer('gelu', [(4, 9)], lambda x: F.gelu(3 * x))
layer('silu', [(4, 9)], lambda x: F.silu(3 * x))
layer('tanh', [(4, 9)], torch.tanh)
layer('sigmoid', [(4, 9)], torch.sigmoid)
layer('hard-swish', [(4, 9)], lambda x: F.hardswish(4 * x))
layer('softmax', [(4, 9)], lambda x: F.softmax(x, -1))
layer('log-softmax', [(4, 9)], lambda x: F.log_softmax(x, -1))

layer('cross-entropy', [(6, 5), (6, 5)], lambda x, y: F.cross_entropy(x, F.softmax(3 * y, -1)))
layer('cross-entropy, smoothing', [(6, 5), (6, 5)], lambda x, y: F.cross_entropy(x, F.softmax(3 * y, -1), label_smoothing=0.1))
layer('mean squared error', [(6, 5), (6, 5)], F.mse_loss)
layer('embedding', [(7, 3)], lambda table: F.embedding(torch.tensor([[0, 3, 3], [6, 1, 0]]), table))


def lstm(x, input_weight, recurrent_weight, bias):
    units = recurrent_weight.shape[0]
    module = nn.LSTM(x.shape[2], units, batch_first=True).double()
    weights = {
        'weight_ih_l0': input_weight.T,
        'weight_hh_l0': recurrent_weight.T,
        'bias_ih_l0': bias,
        'bias_hh_l0': torch.zeros_like(bias),
    }
    outputs, (hidden, cell) = torch.func.functional_call(module, weights, (x,))
    return outputs, hidden[0], cell[0]


def darts(x, y, x_valid, y_valid, w, scale, shift, head, alpha):
    """Validation loss after one virtual step on the weights: second-order DARTS (Liu et al., 2018, arXiv:1806.09055) differentiates this."""

    def loss(images, targets, w, scale, shift, head):
        share = F.softmax(alpha, -1)
        convolved = F.batch_norm(F.conv2d(F.relu(images), w, None, 1, 1), None, None, scale, shift, True)
        mixed = share[0] * convolved + share[1] * F.avg_pool2d(images, 3, 1, 1) + share[2] * images
        return F.cross_entropy(mixed.mean((2, 3)) @ head, F.softmax(3 * targets, -1))

    weights = (w, scale, shift, head)
    slopes = torch.autograd.grad(loss(x, y, *weights), weights, create_graph=True)
    return loss(x_valid, y_valid, *(p - 0.5 * g for p, g in zip(weights, slopes)))


layer('darts, second order', [(4, 16, 4, 4), (4, 5), (4, 16, 4, 4), (4, 5), (16, 16, 3, 3), (16,), (16,), (16, 5), (3,)], darts)
layer('lstm', [(3, 4, 5), (5, 24), (6, 24), (24,)], lstm)
save('layers.json', layers)


def optimizer_case(make, clip=None, ema=None):
    """Twelve parameters, eight of them decayed; the loss of step t is p · c_t + 0.05 Σ p²."""
    decayed, plain = tensor((8,), 1).double().requires_grad_(), tensor((4,), 2).double().requires_grad_()
    optimizer = make([{'params': [decayed]}, {'params': [plain], 'weight_decay': 0.0}])
    trace, average = [], torch.cat([decayed, plain]).detach().clone()
    for step in range(10):
        rate = 0.1 / (1 + step)
        for group in optimizer.param_groups:
            group['lr'] = rate
        optimizer.zero_grad()
        p = torch.cat([decayed, plain])
        (p @ tensor((12,), 200 + step).double() + 0.05 * (p * p).sum()).backward()
        if clip:
            nn.utils.clip_grad_norm_([decayed, plain], clip)
        optimizer.step()
        now = torch.cat([decayed, plain]).detach()
        if ema:
            d = min(ema, (step + 1) / (10 + step))
            average = d * average + (1 - d) * now
        trace.append([round(float(v), 9) for v in (average if ema else now)])
    return trace


save('optimizers.json', {
    'sgd': optimizer_case(lambda g: torch.optim.SGD(g, lr=1)),
    'sgd, weight decay': optimizer_case(lambda g: torch.optim.SGD(g, lr=1, weight_decay=0.1)),
    'sgd, momentum': optimizer_case(lambda g: torch.optim.SGD(g, lr=1, momentum=0.9, weight_decay=0.1)),
    'sgd, nesterov': optimizer_case(lambda g: torch.optim.SGD(g, lr=1, momentum=0.9, nesterov=True, weight_decay=0.1)),
    'adam': optimizer_case(lambda g: torch.optim.Adam(g, lr=1, betas=(0.8, 0.99), weight_decay=0.1)),
    'adamw': optimizer_case(lambda g: torch.optim.AdamW(g, lr=1, weight_decay=0.1)),
    'sgd, clipped': optimizer_case(lambda g: torch.optim.SGD(g, lr=1, momentum=0.9), clip=1.0),
    'sgd, average': optimizer_case(lambda g: torch.optim.SGD(g, lr=1), ema=0.7),
})
