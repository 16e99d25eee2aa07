"""
Trains the likeness descriptor on features dumped by dump-features.ts. Needs python3-numpy.
    python3 models/train/likeness.py models DUMP...
DUMP: stems of dump-features.ts output over any varied photos; no labels are used.

Principal components of the standardised features of the OIDv4 backbone, int8.
"""
import os
import sys
from pathlib import Path

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np  # noqa: E402

import tensors  # noqa: E402

N = 3984
CUT = 5.0
KEEP = 192


def main(folder, *stems):
    x = np.concatenate([np.fromfile(f'{stem}.objects.f32', np.float32).reshape(-1, N) for stem in stems]).astype(np.float64)
    centre, deviation = x.mean(0), x.std(0) + 1e-6
    z = np.clip((x - centre) / deviation, -CUT, CUT)
    values, vectors = np.linalg.eigh(z @ z.T)
    top = np.argsort(values)[::-1][:KEEP]
    basis = z.T @ vectors[:, top] / np.sqrt(values[top])
    column = np.abs(basis).max(0) / 127
    print(f'{len(x)} photos: {KEEP} of {N} dimensions keep {values[top].sum() / values.clip(0).sum():.3f} of the variance')
    tensors.write(Path(folder) / 'likeness-descriptor.safetensors', {
        'mean': centre.astype(np.float32), 'scale': (1 / deviation).astype(np.float32), 'matrix': np.round(basis / column).astype(np.int8),
        'column-scale': column.astype(np.float32),
    }, {'statistics over': f'{len(x)} photos without labels'})


if __name__ == '__main__':
    main(*sys.argv[1:])
