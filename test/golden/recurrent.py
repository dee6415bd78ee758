"""Golden values of the recurrent cells of ENAS and DARTS by PyTorch, unrolled over tokens, with gradients. Writes recurrent.json beside this file.

Run: python recurrent.py (PyTorch 2.13)
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(2)
N, T, V, D, H = 2, 5, 7, 3, 4
functions = {'tanh': torch.tanh, 'relu': F.relu, 'sigmoid': torch.sigmoid, 'identity': lambda x: x}


def values(tensor):
    return {'shape': list(tensor.shape), 'data': [round(v, 7) for v in tensor.flatten().tolist()]}


def make(first, nodes, loose):
    w = {'embed/table': torch.randn([V, D]), 'cell/input': torch.randn([D, 2 * H]) * 0.5, 'cell/state': torch.randn([H, 2 * H]) * 0.5}
    for i in range(len(nodes)):
        w[f'cell/node{i + 1}'] = torch.randn([H, 2 * H]) * 0.5
    w['classes/weight'] = torch.randn([H, 3])
    w['classes/bias'] = torch.randn(3)
    w = {name: tensor.requires_grad_() for name, tensor in w.items()}
    tokens = torch.randint(0, V, [N, T])

    def step(joined, before, function):
        gate, value = joined.split(H, dim=1)
        return before + torch.sigmoid(gate) * (functions[function](value) - before)

    h = torch.zeros([N, H])
    for t in range(T):
        joined = torch.cat([w['embed/table'][tokens[:, t]], h], 1) @ torch.cat([w['cell/input'], w['cell/state']])
        states = [step(joined, h, first)]
        for i, (function, source) in enumerate(nodes):
            states.append(step(states[source] @ w[f'cell/node{i + 1}'], states[source], function))
        read = {source for _, source in nodes} if loose else set()
        ends = [state for i, state in enumerate(states) if i > 0 and i not in read]
        h = sum(ends) / len(ends)
    output = h @ w['classes/weight'] + w['classes/bias']
    (output * torch.tensor([1.0, 2.0, -1.0])).sum().backward()
    return {
        'weights': {name: values(tensor.detach()) for name, tensor in w.items()},
        'input': values(tokens.float()),
        'output': values(output.detach()),
        'gradients': {name: values(tensor.grad) for name, tensor in w.items()},
    }


darts = [('relu', 0), ('relu', 1), ('tanh', 2), ('relu', 3), ('relu', 4), ('identity', 1), ('relu', 5), ('relu', 1)]
enas = [('tanh', 0), ('relu', 1), ('sigmoid', 1), ('tanh', 3)]
result = {'darts': make('tanh', darts, False), 'enas': make('relu', enas, True)}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(result, separators=(',', ':')) + '\n')
