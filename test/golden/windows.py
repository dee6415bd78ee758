"""Golden values of windows with explicit padding and of squeeze-and-excite, on images and on signals, by PyTorch. Writes windows.json beside
this file.

Run: python windows.py (PyTorch 2.13)
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(1)


def values(tensor):
    return {'shape': list(tensor.shape), 'data': [round(v, 7) for v in tensor.flatten().tolist()]}


def make(dimensions, gate):
    conv = F.conv2d if dimensions == 2 else F.conv1d
    max_pool = F.max_pool2d if dimensions == 2 else F.max_pool1d
    average_pool = F.avg_pool2d if dimensions == 2 else F.avg_pool1d
    space = [11, 9] if dimensions == 2 else [13]
    k = lambda size: [size] * dimensions
    w = {
        'wide/weight': torch.randn([4, 2, *k(5)]) * 0.3,
        'wide/bias': torch.randn(4) * 0.3,
        'excited/squeeze': torch.randn([4, 3]),
        'excited/squeezeBias': torch.randn(3) * 0.3,
        'excited/excite': torch.randn([3, 4]),
        'excited/exciteBias': torch.randn(4) * 0.3,
        'classes/weight': torch.randn([4, 3]) * 0.3,
        'classes/bias': torch.randn(3) * 0.3,
    }
    w = {name: tensor.requires_grad_() for name, tensor in w.items()}
    x = torch.randn([2, 2, *space])
    wide = conv(x, w['wide/weight'], w['wide/bias'], stride=1, padding=1)
    largest = max_pool(wide, 3, stride=2, padding=0)
    excited = largest * gate(
        F.relu(largest.mean(dim=list(range(2, 2 + dimensions))) @ w['excited/squeeze'] + w['excited/squeezeBias']) @ w['excited/excite']
        + w['excited/exciteBias']
    ).reshape([2, 4, *k(1)])
    smooth = average_pool(excited, 2, stride=2, padding=1, count_include_pad=False)
    output = smooth.mean(dim=list(range(2, 2 + dimensions))) @ w['classes/weight'] + w['classes/bias']
    (output * torch.tensor([1.0, 2.0, -1.0])).sum().backward()
    return {
        'weights': {name: values(tensor.detach()) for name, tensor in w.items()},
        'input': values(x),
        'output': values(output.detach()),
        'gradients': {name: values(tensor.grad) for name, tensor in w.items()},
    }


result = {'images': make(2, F.hardsigmoid), 'signals': make(1, torch.sigmoid)}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(result, separators=(',', ':')) + '\n')
