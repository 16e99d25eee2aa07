"""Writes named arrays in the safetensors layout (see models/tensors.ts)."""
import json
import struct

import numpy as np

NAMES = {np.dtype(np.float32): 'F32', np.dtype(np.int8): 'I8'}


def write(path, arrays, notes):
    header, parts, at = {'__metadata__': notes}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {'dtype': NAMES[array.dtype], 'shape': list(array.shape), 'data_offsets': [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text + b''.join(parts))
