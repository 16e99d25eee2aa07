"""
Trains the two small heads on features dumped by dump-features.ts. Needs python3-numpy.
    python3 models/train/heads.py OUT_FOLDER LIVE_DUMP MOS.tsv OTHER_DUMP
LIVE_DUMP, OTHER_DUMP: stems of dump-features.ts output; the first over the images of LIVE In the Wild, the second over any varied photos (used
without labels, for the statistics of the likeness descriptor only).

quality-head: ridge on standardised, clipped features (OIDv4 backbone @224, general backbone @384, classical readings weighted as a block).
Reported: 10 folds by near-duplicate cluster, mean of 5 splits, 95 % bootstrap interval over photos, shuffled-label control, best single reading.
likeness-descriptor: principal components of the standardised OIDv4 features, int8.
"""
import csv
import os
import sys
from pathlib import Path

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np  # noqa: E402

import tensors  # noqa: E402

N = 3984
CUT = 5.0
ALPHA = 1e4
READINGS_WEIGHT = 32.0
SAME = 0.962  # cosine of the raw 1,280-value GAP above which two photos count as one scene
KEEP = 192


def load(stem):
    paths = Path(f'{stem}.txt').read_text().split('\n')[:-1]
    return paths, np.fromfile(f'{stem}.f32', np.float32).reshape(len(paths), -1).astype(np.float64)


def standard(x, fit):
    mean, deviation = fit.mean(0), fit.std(0) + 1e-6
    return np.clip((x - mean) / deviation, -CUT, CUT), mean, deviation


def weigh(z):
    z = z.copy()
    z[:, 2 * N:] *= np.sqrt(READINGS_WEIGHT)
    return z


def ranks(a):
    return np.argsort(np.argsort(a)).astype(float)


def srcc(a, b):
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def clusters(x):
    gap = x[:, 1424:2704]
    unit = gap / np.linalg.norm(gap, axis=1, keepdims=True)
    label = np.arange(len(x))
    for i, j in zip(*np.where(np.triu(unit @ unit.T > SAME, 1))):
        label[label == label[j]] = label[i]
    return label


def predict(x, y, label, seed, k=10):
    order = np.random.RandomState(seed).permutation(np.unique(label))
    fold = {c: i % k for i, c in enumerate(order)}
    folds = np.array([fold[c] for c in label])
    out = np.zeros(len(y))
    for f in range(k):
        train, test = folds != f, folds == f
        z = weigh(standard(x, x[train])[0])
        gram = z @ z[train].T
        mean = y[train].mean()
        out[test] = gram[test] @ np.linalg.solve(gram[train] + ALPHA * np.eye(train.sum()), y[train] - mean) + mean
    return out


def main(folder, live, mos_file, other):
    paths, x = load(live)
    with open(mos_file) as f:
        mos = {Path(r['file']).name: float(r['mos_0_100']) for r in csv.DictReader(f, delimiter='\t')}
    y = np.array([mos[Path(p).name] for p in paths])
    label = clusters(x)
    runs = [predict(x, y, label, seed) for seed in range(5)]
    scores = [srcc(p, y) for p in runs]
    mean = np.mean(runs, 0)
    rng = np.random.RandomState(0)
    boot = []
    for _ in range(1000):
        pick = rng.randint(0, len(y), len(y))
        boot.append(srcc(mean[pick], y[pick]))
    # One shuffle can land far from zero by luck (few directions carry most of the variance): the mean over many is the control.
    controls = []
    for _ in range(20):
        order = rng.permutation(len(y))
        controls.append(srcc(predict(x, y[order], label, 0), y[order]))
    shuffled = float(np.mean(controls))
    single = max(abs(srcc(x[:, 2 * N + i], y)) for i in range(x.shape[1] - 2 * N))
    pairs = np.abs(y[:, None] - y[None, :]) > 10
    agree = ((mean[:, None] - mean[None, :]) * (y[:, None] - y[None, :]) > 0)[pairs].mean()
    print(f'{len(y)} photos, {len(set(label))} clusters')
    print(f'SRCC {np.mean(scores):.3f} (splits {min(scores):.3f}-{max(scores):.3f}), 95 % {np.percentile(boot, 2.5):.3f}-{np.percentile(boot, 97.5):.3f}')
    print(f'PLCC {np.corrcoef(mean, y)[0, 1]:.3f}, pairs more than 10 apart {agree:.3f}, shuffled labels {shuffled:.3f}, best single reading {single:.3f}')
    print(f'predicted: {np.percentile(mean, [1, 25, 50, 75, 99]).round(1)}, truth: {np.percentile(y, [1, 25, 50, 75, 99]).round(1)}')

    z, centre, deviation = standard(x, x)
    zw = weigh(z)
    # A ridge shrinks towards the middle; the slope that undoes it is read from held-out predictions, so that values sit on the crowd's scale.
    slope = np.polyfit(mean, y, 1)
    dual = np.linalg.solve(zw @ zw.T + ALPHA * np.eye(len(y)), y - y.mean())
    w = zw.T @ dual
    w[2 * N:] *= np.sqrt(READINGS_WEIGHT)
    w *= slope[0]
    bias = slope[0] * y.mean() + slope[1]
    tensors.write(Path(folder) / 'quality-head.safetensors', {
        'mean': centre.astype(np.float32), 'scale': (1 / deviation).astype(np.float32), 'weights': w.astype(np.float32),
        'bias': np.array([bias], np.float32),
    }, {'trained on': 'LIVE In the Wild (UT Austin, 2015), 430 photos', 'srcc': f'{np.mean(scores):.3f}', 'slope': f'{slope[0]:.3f}'})

    both = np.concatenate([x[:, :N], load(other)[1][:, :N]])
    z, centre, deviation = standard(both, both)
    values, vectors = np.linalg.eigh(z @ z.T)
    top = np.argsort(values)[::-1][:KEEP]
    basis = z.T @ vectors[:, top] / np.sqrt(values[top])
    column = np.abs(basis).max(0) / 127
    matrix = np.round(basis / column).astype(np.int8)
    print(f'descriptor: {KEEP} of {N} dimensions keep {values[top].sum() / values.clip(0).sum():.3f} of the variance')
    tensors.write(Path(folder) / 'likeness-descriptor.safetensors', {
        'mean': centre.astype(np.float32), 'scale': (1 / deviation).astype(np.float32), 'matrix': matrix, 'column-scale': column.astype(np.float32),
    }, {'statistics over': f'{len(both)} photos without labels'})


if __name__ == '__main__':
    main(*sys.argv[1:5])
