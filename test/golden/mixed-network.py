"""Golden values of a network with most kinds of layers, on images and on signals, by PyTorch. Writes mixed-network.json beside this file.

Run: python mixed-network.py (PyTorch 2.13)
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)


def values(tensor):
    return {'shape': list(tensor.shape), 'data': [round(v, 7) for v in tensor.flatten().tolist()]}


def make(dimensions):
    conv = F.conv2d if dimensions == 2 else F.conv1d
    max_pool = F.max_pool2d if dimensions == 2 else F.max_pool1d
    average_pool = F.avg_pool2d if dimensions == 2 else F.avg_pool1d
    space = [7, 6] if dimensions == 2 else [9]
    k = lambda size: [size] * dimensions
    w = {
        'stem/weight': torch.randn([4, 3, *k(3)]) * 0.3,
        'stem/bias': torch.randn(4) * 0.3,
        'norm/scale': torch.rand(4) + 0.5,
        'norm/shift': torch.randn(4) * 0.3,
        'norm/mean': torch.randn(4) * 0.1,
        'norm/variance': torch.rand(4) + 0.5,
        'depthwise/weight': torch.randn([4, 1, *k(5)]) * 0.3,
        'norm2/scale': torch.rand(4) + 0.5,
        'norm2/shift': torch.randn(4) * 0.3,
        'norm2/mean': torch.randn(4) * 0.1,
        'norm2/variance': torch.rand(4) + 0.5,
        'dilated/weight': torch.randn([4, 4, *k(3)]) * 0.3,
        'layers/scale': torch.rand(8) + 0.5,
        'layers/shift': torch.randn(8) * 0.3,
        'classes/weight': torch.randn([8, 3]) * 0.3,
        'classes/bias': torch.randn(3) * 0.3,
    }
    before = {name: values(tensor) for name, tensor in w.items()}
    x = torch.randn([2, 3, *space])

    def forward(training):
        norm = lambda name, y: F.batch_norm(y, w[name + '/mean'], w[name + '/variance'], w[name + '/scale'], w[name + '/shift'], training=training)
        stem = conv(x, w['stem/weight'], w['stem/bias'], stride=2, padding=1)
        first = F.relu(norm('norm', stem))
        deep = norm('norm2', conv(first, w['depthwise/weight'], padding=2, groups=4))
        summed = F.relu(deep + first)
        dilated = F.silu(conv(summed, w['dilated/weight'], padding=2, dilation=2))
        pooled = max_pool(dilated, 3, stride=1, padding=1)
        smooth = average_pool(summed, 3, stride=1, padding=1, count_include_pad=False)
        joined = torch.cat([pooled, smooth], dim=1)
        channels_last = joined.movedim(1, -1)
        normal = F.layer_norm(channels_last, [8], w['layers/scale'], w['layers/shift']).movedim(-1, 1)
        smaller = max_pool(normal, 3, stride=2, padding=1)
        return smaller.mean(dim=list(range(2, 2 + dimensions))) @ w['classes/weight'] + w['classes/bias']

    inference = values(forward(False))
    training = values(forward(True))
    after = {name: values(w[name]) for name in w if name.endswith(('/mean', '/variance'))}
    return {'weights': before, 'input': values(x), 'inference': inference, 'training': training, 'statistics': after}


path = pathlib.Path(__file__).with_suffix('.json')
path.write_text(json.dumps({'images': make(2), 'signals': make(1)}, separators=(',', ':')) + '\n')
