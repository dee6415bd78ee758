"""Writes numpy-arrays.json: small NPY and NPZ files as NumPy makes them, base64, and what they hold."""
import base64
import io
import json
import pathlib

import numpy as np


def saved(save, *args, **kwargs):
    buffer = io.BytesIO()
    save(buffer, *args, **kwargs)
    return base64.b64encode(buffer.getvalue()).decode()


arrays = {}
values = np.array([[0, 1, 2], [3, 100, 127]])
for dtype in ['u1', 'i1', '<i2', '>i2', '<u2', '<i4', '>i4', '<u4', '<i8', '>i8', '<u8', '<f2', '<f4', '>f4', '<f8', '?']:
    array = values.astype(dtype)
    arrays[dtype] = {'file': saved(np.save, array), 'values': array.astype('f8').ravel().tolist()}
for dtype in ['<f2', '<f4', '<f8']:
    array = np.array([[-1.5, 0.1, 65504.0], [6e-8, 0.0, -0.333]]).astype(dtype)
    arrays['fractions ' + dtype] = {'file': saved(np.save, array), 'values': array.astype('f8').ravel().tolist()}
words = np.array([['red', 'grün', ''], ['x', 'longer', 'b']])
arrays['words'] = {'file': saved(np.save, words), 'words': words.ravel().tolist()}
arrays['bytes'] = {'file': saved(np.save, np.array([[b'red', b'green', b''], [b'x', b'longer', b'b']])), 'words': ['red', 'green', '', 'x', 'longer', 'b']}
refused = {
    'objects': saved(np.save, np.array([{'a': 1}], dtype=object), allow_pickle=True),
    'fortran': saved(np.save, np.asfortranarray(values.astype('f4'))),
    'complex': saved(np.save, np.array([1 + 2j])),
}
x = (np.arange(30 * 4 * 5) % 256).astype('u1').reshape(30, 4, 5)
y = (np.arange(30) % 3).astype('i8')
archives = {
    'stored': saved(np.savez, x_train=x[:20], y_train=y[:20], x_test=x[20:], y_test=y[20:]),
    'packed': saved(np.savez_compressed, x, y),
}
target = pathlib.Path(__file__).with_name('numpy-arrays.json')
target.write_text(json.dumps({'numpy': np.__version__, 'arrays': arrays, 'refused': refused, 'archives': archives}, indent=1) + '\n')
