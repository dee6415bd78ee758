"""Numbers that Python and TypeScript make alike (test/suites/golden.ts), so that golden files hold results only."""
import math

import numpy as np
import torch


def values(count, seed):
    """Numbers in [-1, 1) from a 32-bit mixing function of the index."""
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 0x9E3779B1)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x21F0AAAD), (15, 0x735A2D97)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x = x ^ (x >> np.uint64(15))
    return (x.astype(np.float64) / 2**31 - 1).astype(np.float32)


def tensor(shape, seed, scale=1.0):
    return torch.from_numpy((values(math.prod(shape), seed).astype(np.float64) * scale).astype(np.float32).reshape(shape))


def fingerprint(t):
    """Three projections on vectors of the formula, and the sum of squares."""
    flat = t.detach().double().flatten().numpy()
    return [float(flat @ values(flat.size, 9000 + i).astype(np.float64)) for i in range(3)] + [float(flat @ flat)]
