"""
Trains the fault model: extremely randomised trees that read blur, motion and noise from the signs of workers/score/faults.ts.

  python3 models/train/faults.py OUT_FOLDER DUMP      (DUMP: stem of dump-faults.ts output)

Scenes of held-out camera models (models/train/scenes.ts) are never trained on. Reported: 5 folds by camera model over the rest, then the held-out
ones. Needs Debian's python3-sklearn; the product reads the trees itself (workers/score/forest.ts).
"""
import csv
import os
import sys
from pathlib import Path

os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np  # noqa: E402
from sklearn.ensemble import ExtraTreesRegressor  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402

import tensors  # noqa: E402

TREES, LEAVES, SHARE = 60, 128, 0.5
# A line of L pixels blurs about as much as a gaussian of .19 L; a median leaves about half of the grain it was given.
MOTION_AS_BLUR, SMOOTHED = 0.19, 0.5


def load(stem):
    with open(f'{stem}.tsv', newline='') as f:
        rows = list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))
    x = np.fromfile(f'{stem}.f32', np.float32).reshape(len(rows), -1)
    column = lambda name: np.array([float(r[name]) for r in rows])  # noqa: E731
    kind = np.array([r['kind'] for r in rows])
    d = {
        'kind': kind, 'scene': np.array([r['scene'] + r['form'] for r in rows]), 'camera': np.array([r['camera'] for r in rows]),
        'held': column('held_out') == 1, 'sigma': column('sigma'), 'motion': column('motion'), 'noise': column('noise'),
    }
    grain = np.where(np.char.endswith(kind, 'smoothed'), SMOOTHED, 1) * d['noise']
    targets = {
        'blur': np.log(0.5 + np.hypot(d['sigma'], MOTION_AS_BLUR * d['motion'])),
        'motion': np.log(1 + d['motion']),
        'noise': np.log(0.7 + grain),
    }
    return x, d, targets


def trees():
    return ExtraTreesRegressor(TREES, max_leaf_nodes=LEAVES, max_features=SHARE, n_jobs=1, random_state=0)


def within(scene, level, value):
    right = asked = 0
    for s in np.unique(scene):
        i = scene == s
        d, v = level[i][:, None] - level[i], value[i][:, None] - value[i]
        right, asked = right + (v[d > 1e-9] > 0).sum(), asked + (d > 1e-9).sum()
    return right / asked


def across(scene, level, value):
    d, v = level[:, None] - level, value[:, None] - value
    return (v[(d > 0.3) & (scene[:, None] != scene)] > 0).mean()


def report(title, d, p, mask):
    of = lambda *kinds: mask & np.isin(d['kind'], ('clean',) + kinds)  # noqa: E731
    blur, motion = of('blur'), of('motion')
    white = of('noise-white')
    print(
        f'{title}: {mask.sum()} pictures of {len(set(d["camera"][mask]))} cameras. blur within {within(d["scene"][blur], d["sigma"][blur], p["blur"][blur]):.3f},'
        f' across {across(d["scene"][blur], d["sigma"][blur], p["blur"][blur]):.3f}; motion 3-25 px against sharp AUC'
        f' {roc_auc_score(d["motion"][motion] > 0, p["motion"][motion]):.3f}; white noise within {within(d["scene"][white], d["noise"][white], p["noise"][white]):.3f}'
    )


def folds(d, k=5):
    cameras = np.unique(d['camera'][~d['held']])
    order = np.random.RandomState(1).permutation(len(cameras))
    fold = {c: order[i] % k for i, c in enumerate(cameras)}
    return np.array([fold.get(c, -1) for c in d['camera']])


def packed(forest):
    """Nodes of all trees one after another, each tree in preorder: the left child follows its parent, `right` is the distance to the other."""
    feature, value, right, roots = [], [], [], []

    def walk(tree, node):
        at = len(feature)
        leaf = tree.children_left[node] < 0
        feature.append(-1 if leaf else int(tree.feature[node]))
        value.append(float(tree.value[node][0][0] if leaf else tree.threshold[node]))
        right.append(0)
        if not leaf:
            walk(tree, tree.children_left[node])
            right[at] = len(feature) - at
            walk(tree, tree.children_right[node])

    for one in forest.estimators_:
        roots.append(len(feature))
        walk(one.tree_, 0)
    return {
        'feature': np.array(feature, np.int8), 'value': np.array(value, np.float32), 'right': np.array(right, np.float32),
        'roots': np.array(roots, np.float32),
    }


def main(folder, stem):
    x, d, targets = load(stem)
    seen, fold = ~d['held'], folds(d)
    assert x.shape[1] < 128
    held_back = {k: np.zeros(len(x)) for k in targets}
    for k, y in targets.items():
        for f in range(5):
            train, test = seen & (fold != f), seen & (fold == f)
            held_back[k][test] = trees().fit(x[train], y[train]).predict(x[test])
    report('folds', d, held_back, seen)
    forests = {k: trees().fit(x[seen], y[seen]) for k, y in targets.items()}
    report('held out', d, {k: f.predict(x) for k, f in forests.items()}, d['held'])
    shuffled = np.random.RandomState(2).permutation(targets['blur'][seen])
    control = trees().fit(x[seen], shuffled).predict(x)
    report('shuffled labels, held out', d, {k: control for k in targets}, d['held'])
    arrays, notes = {}, {'signs': str(x.shape[1]), 'trees': str(TREES)}
    for k, forest in forests.items():
        for name, array in packed(forest).items():
            arrays[f'{k}-{name}'] = array
        notes[f'{k}-nodes'] = str(len(arrays[f'{k}-feature']))
    path = Path(folder) / 'faults.safetensors'
    tensors.write(path, arrays, notes)
    np.set_printoptions(precision=5, suppress=True)
    probe = np.array([np.sin(1 + 0.37 * i) * 3 for i in range(x.shape[1])], np.float32)[None]
    print(path.stat().st_size, 'bytes; golden:', {k: round(float(f.predict(probe)[0]), 5) for k, f in forests.items()})


if __name__ == '__main__':
    main(*sys.argv[1:3])
