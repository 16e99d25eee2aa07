"""
Trains the quality head on what dump-features.ts wrote. Needs python3-numpy.
    python3 models/train/quality.py models LIVE_DUMP MOS.tsv DEV_DUMP
LIVE_DUMP: stem of dump-features.ts output over the images of LIVE In the Wild. DEV_DUMP: stem of dump-worse.ts output.

Ridge on standardised features cut at 4 deviations, in four blocks of fixed weight (two networks, correlations of one layer, readings), every
photo also mirrored. Beside the crowd's scores, with a small weight: photos made worse on purpose must lose (DROPS, in points), because so few phone
photos hold too few of each fault to teach it. Closed form; nothing is drawn by chance.
Reported, always on photos the model has not seen: 5 folds by near-duplicate cluster, mean of 5 splits, standardised on the training folds only;
95 % bootstrap over photos; the same with every setting chosen anew inside each training part (nested); shuffled labels; blocks left out.
Faults: pairs in the right order, scenes in three folds.
"""
import csv
import hashlib
import os
import sys
from pathlib import Path

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np  # noqa: E402

import tensors  # noqa: E402

N = 3984
CUT = 4.0
BLOCKS = {'objects': N, 'general': N, 'correlations': 96 * 95 // 2, 'readings': 8}
# Round figures; the neighbourhood is flat, and what choosing them is worth stands in the nested figure.
WEIGHTS = {'objects': 1.0, 'general': 1.0, 'correlations': 1.0, 'readings': 0.15}
LAMBDA = 0.7  # of a kernel whose mean diagonal is 1, two rows a photo
# Points that a fault of dump-worse.ts must cost: round figures, only their order matters much. Blur, motion and JPEG are not among them: the crowd's
# scores teach those. WORSE: weight of such a row beside a photo's.
DROPS = {'noise 8': 4, 'noise 20': 12, 'dark 1.5': 8, 'dark 3 noise 6': 20, 'bright 1': 4, 'bright 2': 12}
WORSE = 0.03
SAME = 0.962  # cosine of the raw 1,280-value GAP above which two photos count as one scene


def slices():
    out, at = {}, 0
    for name, length in BLOCKS.items():
        out[name] = slice(at, at + length)
        at += length
    return out


def load(stem):
    paths = Path(f'{stem}.txt').read_text().split('\n')[:-1]
    x = np.fromfile(f'{stem}.quality.f32', np.float32).reshape(len(paths), 2, -1)
    objects = np.fromfile(f'{stem}.objects.f32', np.float32).reshape(len(paths), N)
    assert x.shape[2] == sum(BLOCKS.values()), x.shape
    return paths, x, objects


def ranks(a):
    return np.argsort(np.argsort(a)).astype(float)


def srcc(a, b):
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def clusters(objects):
    gap = objects[:, 1424:2704].astype(np.float64)
    unit = gap / np.linalg.norm(gap, axis=1, keepdims=True)
    label = np.arange(len(gap))
    for i, j in zip(*np.where(np.triu(unit @ unit.T > SAME, 1))):
        label[label == label[j]] = label[i]
    return label


def fold_of(label, seed, k):
    order = np.random.RandomState(seed).permutation(np.unique(label))
    fold = {c: i % k for i, c in enumerate(order)}
    return np.array([fold[c] for c in label])


def scaler(x):
    rows = x.reshape(-1, x.shape[2]).astype(np.float64)
    return rows.mean(0), rows.std(0) + 1e-6


def standard(x, mean, deviation):
    return np.clip((x - mean) / deviation, -CUT, CUT).astype(np.float32)


def load_worse(stem):
    """Scenes x (1 + faults) x values, and the names of the faults."""
    names = Path(f'{stem}.worse.txt').read_text().split('\n')[:-1]
    return np.fromfile(f'{stem}.worse.f32', np.float32).reshape(-1, 1 + len(names), sum(BLOCKS.values())), names


def taught(worse, names):
    """The part of it that training uses, and the points to lose, row by row."""
    keep = [i for i, name in enumerate(names) if name in DROPS]
    lost = np.tile([-float(DROPS[names[i]]) for i in keep], len(worse))
    return worse[:, [0, *(i + 1 for i in keep)]], lost


def kernels(x, train, test, worse):
    """
    Per block: (train + worse) x (train + worse) and test x (train + worse), mean diagonal over the training photos 1. Training rows: photos as they
    are, then mirrored, then the differences between each picture made worse and the same as it was.
    """
    mean, deviation = scaler(x[train])
    pictures = standard(worse, mean, deviation)
    a = np.concatenate([standard(x[train, 0], mean, deviation), standard(x[train, 1], mean, deviation),
                        (pictures[:, 1:] - pictures[:, :1]).reshape(-1, x.shape[2])])
    b = standard(x[test, 0], mean, deviation)
    out = {}
    for name, part in slices().items():
        inner = (a[:, part] @ a[:, part].T).astype(np.float64)
        unit = np.trace(inner[:2 * len(train), :2 * len(train)]) / (2 * len(train))
        out[name] = inner / unit, (b[:, part] @ a[:, part].T).astype(np.float64) / unit
    return out


def mix(parts, weights, at):
    return sum(w * parts[name][at] for name, w in weights.items()) / sum(weights.values())


def dual(inner, y, lost, lam, weight=WORSE):
    """Weights of the training rows, for one column of labels or many, and the labels' mean."""
    mean = y.mean(0)
    told = np.concatenate([y - mean, y - mean, np.broadcast_to(lost.reshape(-1, *[1] * (y.ndim - 1)), (len(lost), *y.shape[1:]))])
    noise = np.concatenate([np.full(2 * len(y), lam), np.full(len(lost), lam / weight)])
    return np.linalg.solve(inner + np.diag(noise), told), mean


def solve(inner, cross, y, lost, lam):
    alpha, mean = dual(inner, y, lost, lam)
    return cross @ alpha + mean


GRID = [({'objects': o, 'general': 1.0, 'correlations': k, 'readings': r}, lam)
        for o in (0.5, 1.0) for k in (0.0, 0.5, 1.0) for r in (0.07, 0.15, 0.3) for lam in (0.35, 0.7, 1.4)]


def choose(parts, y, lost, label, seed):
    """The best of GRID by four folds inside the training part."""
    n, best = len(y), (-1.0, None)
    folds = fold_of(label, 1000 + seed, 4)
    for weights, lam in GRID:
        inner, out = mix(parts, weights, 0), np.zeros(n)
        for f in range(4):
            a, b = np.where(folds != f)[0], np.where(folds == f)[0]
            rows = np.concatenate([a, a + n, 2 * n + np.arange(len(lost))])
            out[b] = solve(inner[np.ix_(rows, rows)], inner[np.ix_(b, rows)], y[a], lost, lam)
        best = max(best, (srcc(out, y), (weights, lam)), key=lambda pair: pair[0])
    return best[1]


def evaluate(x, y, label, worse, lost, splits=5, k=5):
    n, rng = len(y), np.random.RandomState(0)
    shuffles = np.stack([rng.permutation(n) for _ in range(20)], 1)
    settings = {'all': WEIGHTS, **{f'without {name}': {**WEIGHTS, name: 0.0} for name in BLOCKS},
                'readings alone': {'readings': 1.0}}
    runs = {name: np.zeros((splits, n)) for name in [*settings, 'nested']}
    shuffled = np.zeros((splits, n, 20))
    for seed in range(splits):
        folds = fold_of(label, seed, k)
        for f in range(k):
            train, test = np.where(folds != f)[0], np.where(folds == f)[0]
            parts = kernels(x, train, test, worse)
            for name, weights in settings.items():
                runs[name][seed, test] = solve(mix(parts, weights, 0), mix(parts, weights, 1), y[train], lost, LAMBDA)
            inner, cross = mix(parts, WEIGHTS, 0), mix(parts, WEIGHTS, 1)
            shuffled[seed, test] = solve(inner, cross, y[shuffles[train]], 0 * lost, LAMBDA)
            weights, lam = choose(parts, y[train], lost, label[train], seed)
            runs['nested'][seed, test] = solve(mix(parts, weights, 0), mix(parts, weights, 1), y[train], lost, lam)
        print(f'split {seed}: {srcc(runs["all"][seed], y):.3f}, nested {srcc(runs["nested"][seed], y):.3f}', flush=True)
    control = np.mean([[srcc(shuffled[s, :, j], y[shuffles[:, j]]) for j in range(20)] for s in range(splits)])
    return runs, control


def interval(runs, y):
    rng, boot = np.random.RandomState(0), []
    for _ in range(1000):
        pick = rng.randint(0, len(y), len(y))
        boot.append(np.mean([srcc(run[pick], y[pick]) for run in runs]))
    return np.percentile(boot, [2.5, 97.5])


def faults_found(x, y, worse, names):
    """How much each fault changes the prediction, scenes x faults, without and with WORSE; the scenes in three folds."""
    n, (scenes, count) = len(y), worse.shape[:2]
    inner = mix(kernels(x, np.arange(n), np.arange(1), worse), WEIGHTS, 0)
    fault, scene = np.tile(np.array(names), scenes), np.repeat(np.arange(scenes), count - 1)
    lost = np.array([-float(DROPS.get(name, 0)) for name in fault])
    change = {}
    for weight in (0.0, WORSE):
        out = np.zeros(len(lost))
        for f in range(3):
            a = np.where((scene % 3 != f) & (lost < 0) & (weight > 0))[0]
            b = np.where(scene % 3 == f)[0]
            rows = np.concatenate([np.arange(2 * n), 2 * n + a])
            alpha, _ = dual(inner[np.ix_(rows, rows)], y, lost[a], LAMBDA)
            out[b] = inner[np.ix_(2 * n + b, rows)] @ alpha
        change[weight] = out.reshape(scenes, count - 1)
    return change


def main(folder, stem, mos_file, dev):
    paths, x, objects = load(stem)
    everything, faults = load_worse(dev)
    worse, lost = taught(everything, faults)
    with open(mos_file) as f:
        mos = {Path(r['file']).name: float(r['mos_0_100']) for r in csv.DictReader(f, delimiter='\t')}
    y = np.array([mos[Path(p).name] for p in paths])
    label = clusters(objects)
    print(f'{len(y)} photos, {len(set(label))} clusters, {x.shape[2]} values; {len(worse)} scenes, {len(lost)} rows made worse')
    for weight, change in faults_found(x, y, everything, faults).items():
        told = ' · '.join(f'{name} {(c < 0).mean():.2f} ({c.mean():+.0f})' for name, c in zip(faults, change.T))
        print(f'faults, weight {weight}: {(change < 0).mean():.3f}: {told}', flush=True)
    runs, control = evaluate(x, y, label, worse, lost)
    for name, values in runs.items():
        each = [srcc(v, y) for v in values]
        low, high = interval(values, y)
        print(f'{name}: SRCC {np.mean(each):.3f} [{low:.3f}, {high:.3f}] (splits {min(each):.3f}-{max(each):.3f})')
    readings = slices()['readings']
    single = max(abs(srcc(x[:, 0, readings][:, i], y)) for i in range(BLOCKS['readings']))
    pairs = np.abs(y[:, None] - y[None, :]) > 10
    agree = np.mean([((v[:, None] - v[None, :]) * (y[:, None] - y[None, :]) > 0)[pairs].mean() for v in runs['all']])
    plcc = np.mean([np.corrcoef(v, y)[0, 1] for v in runs['all']])
    print(f'PLCC {plcc:.3f}, pairs more than 10 apart {agree:.3f}, shuffled labels {control:.3f}, best single reading {single:.3f}')

    # A ridge shrinks towards the middle; the slope that undoes it is read from held-out predictions, so that values sit on the crowd's scale.
    slope = np.polyfit(runs['all'].ravel(), np.tile(y, len(runs['all'])), 1)
    mean, deviation = scaler(x)
    pictures = standard(worse, mean, deviation)
    rows = np.concatenate([standard(x[:, 0], mean, deviation), standard(x[:, 1], mean, deviation),
                           (pictures[:, 1:] - pictures[:, :1]).reshape(-1, x.shape[2])]).astype(np.float64)
    gain = np.zeros(x.shape[2])
    for name, part in slices().items():
        gain[part] = WEIGHTS[name] / sum(WEIGHTS.values()) / ((rows[:2 * len(y), part] ** 2).sum() / (2 * len(y)))
    alpha, middle = dual((rows * gain) @ rows.T, y, lost, LAMBDA)
    w = slope[0] * gain * (rows.T @ alpha)
    bias = slope[0] * middle + slope[1]
    held = slope[0] * runs['all'][0] + slope[1]
    print(f'slope {slope[0]:.3f}; held out: {np.percentile(held, [1, 25, 50, 75, 99]).round(1)}, truth: {np.percentile(y, [1, 25, 50, 75, 99]).round(1)}')
    tensors.write(Path(folder) / 'quality-head.safetensors', {
        'mean': mean.astype(np.float32), 'scale': (1 / deviation).astype(np.float32), 'weights': w.astype(np.float32),
        'bias': np.array([bias], np.float32),
    }, {'trained on': f'LIVE In the Wild (UT Austin, 2015), {len(y)} photos', 'srcc': f'{np.mean([srcc(v, y) for v in runs["all"]]):.3f}',
        'slope': f'{slope[0]:.3f}',
        # So that a test can tell which photos the head has not seen.
        'photos': ' '.join(hashlib.sha256(Path(p).read_bytes()).hexdigest()[:8] for p in paths)})


if __name__ == '__main__':
    main(*sys.argv[1:5])
