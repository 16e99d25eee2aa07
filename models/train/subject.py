"""
Subject head: where the product is, from maps of the shipped backbone -> ONNX.

    node models/train/subject-maps.ts /tmp/subject MEDIA
    python3 models/train/subject.py /tmp/subject models/subject-head.onnx [final]
Needs python3-torch, python3-onnx, python3-numpy (Debian 12). Prints the held-out figures first (5 folds by scene), then trains on everything; `final` leaves the figures out.
Truth: boxes drawn by eye (subject-truth.tsv); a box is taken as a mask, which a round or thin subject does not fill.
"""
import csv
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from graph import Graph

SHAPES = {'map32': (32, 28), 'map64': (64, 14), 'map96': (96, 14), 'map320': (320, 7), 'map1280': (1280, 7), 'rule': (2, 28)}
GRID, FOLDS, EPOCHS = 28, 5, 10
# Share of the largest value that still belongs to the subject; chosen on training scenes only.
LEVELS = (0.5, 0.6, 0.7, 0.75, 0.8)


def load(stem):
    with open(f'{stem}.tsv') as f:
        rows = list(csv.reader(f, delimiter='\t'))
    maps = {n: torch.from_numpy(np.fromfile(f'{stem}.{n}.f32', np.float32).reshape(len(rows), c, s, s)) for n, (c, s) in SHAPES.items()}
    truth = np.array([[float(v) for v in r[3:7]] for r in rows])
    rule = np.array([[float(v) for v in r[7:11]] for r in rows])
    # Statistics of the backbone's own maps, without labels: the same for every fold.
    norm = {n: (v.mean((0, 2, 3), keepdim=True), 1 / v.std((0, 2, 3), keepdim=True).clamp(min=1e-3)) for n, v in maps.items()}
    for n, (mean, scale) in norm.items():
        maps[n].sub_(mean).mul_(scale).clamp_(-5, 5)
    return [r[0] for r in rows], [r[1] for r in rows], maps, truth, rule, norm


def coverage(boxes):
    """Share of each cell that a box covers."""
    edge = np.arange(GRID + 1) / GRID
    x = np.clip(np.minimum(edge[1:], boxes[:, 2:3]) - np.maximum(edge[:-1], boxes[:, 0:1]), 0, None) * GRID
    y = np.clip(np.minimum(edge[1:], boxes[:, 3:4]) - np.maximum(edge[:-1], boxes[:, 1:2]), 0, None) * GRID
    return y[:, :, None] * x[:, None, :]


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.deep = nn.Conv2d(1600, 32, 1)
        self.mid = nn.Conv2d(160, 32, 1)
        self.fine = nn.Conv2d(32, 16, 1)
        self.mix = nn.Conv2d(32 + 32 + 16 + 2 + 3, 32, 3, padding=1)
        self.last = nn.Conv2d(32, 16, 3, padding=1)
        self.out = nn.Conv2d(16, 1, 1)
        self.drop = nn.Dropout2d(0.2)
        at = (torch.arange(GRID) + 0.5) / GRID - 0.5
        y, x = torch.meshgrid(at, at, indexing='ij')
        self.register_buffer('place', torch.stack([x, y, torch.exp(-(x * x + y * y) / (2 * 0.22 ** 2))])[None])

    def forward(self, n):
        def up(t):
            return F.interpolate(t, size=(GRID, GRID), mode='bilinear', align_corners=False)
        deep = up(self.deep(torch.cat([n['map320'], n['map1280']], 1)))
        mid = up(self.mid(torch.cat([n['map64'], n['map96']], 1)))
        h = F.relu(torch.cat([deep, mid, self.fine(n['map32'])], 1))
        h = torch.cat([self.drop(h), n['rule'], self.place.expand(len(h), -1, -1, -1)], 1)
        return self.out(F.relu(self.last(self.drop(F.relu(self.mix(h))))))[:, 0]


def train(maps, target, weight, rows, seed):
    torch.manual_seed(seed)
    rng = np.random.RandomState(seed)
    head = Head()
    optimiser = torch.optim.AdamW(head.parameters(), 2e-3, weight_decay=0.02)
    batches = len(rows) // 32
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=EPOCHS * batches)
    for _ in range(EPOCHS):
        order = rng.permutation(rows)
        for b in range(batches):
            pick = torch.from_numpy(order[b * 32:(b + 1) * 32])
            x, y, w = {k: v[pick] for k, v in maps.items()}, target[pick], weight[pick]
            if rng.rand() < 0.5:
                x, y = {k: v.flip(-1) for k, v in x.items()}, y.flip(-1)
            z = head(x)
            p = torch.sigmoid(z)
            dice = 1 - (2 * (p * y).sum((1, 2)) + 1) / (p.sum((1, 2)) + y.sum((1, 2)) + 1)
            loss = (w * (F.binary_cross_entropy_with_logits(z, y, reduction='none').mean((1, 2)) + dice)).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
    return head.eval()


def predict(head, maps, rows):
    with torch.no_grad():
        parts = []
        for at in range(0, len(rows), 64):
            pick = torch.from_numpy(rows[at:at + 64])
            parts.append(torch.sigmoid(head({k: v[pick] for k, v in maps.items()})).numpy())
    return np.concatenate(parts) if parts else np.zeros((0, GRID, GRID))


def boxed(p, level):
    """The box of the connected cells above `level` of the largest value that hold most; its edges lie where a line of cells falls under it."""
    mask = p >= level * p.max()
    seen = np.zeros_like(mask)
    best, most = None, -1
    for y, x in zip(*np.nonzero(mask)):
        if seen[y, x]:
            continue
        stack, cells = [(y, x)], []
        seen[y, x] = True
        while stack:
            v, u = stack.pop()
            cells.append((v, u))
            for b, a in ((v + 1, u), (v - 1, u), (v, u + 1), (v, u - 1)):
                if 0 <= b < GRID and 0 <= a < GRID and mask[b, a] and not seen[b, a]:
                    seen[b, a] = True
                    stack.append((b, a))
        weight = sum(p[c] for c in cells)
        if weight > most:
            best, most = cells, weight
    ys, xs = [c[0] for c in best], [c[1] for c in best]
    return np.array([min(xs), min(ys), max(xs) + 1, max(ys) + 1]) / GRID


def iou(a, b):
    w = np.clip(np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0]), 0, None)
    h = np.clip(np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1]), 0, None)
    area = lambda v: (v[:, 2] - v[:, 0]) * (v[:, 3] - v[:, 1])
    return w * h / (area(a) + area(b) - w * h)


def top(p, cover, share=0.15):
    """Share of the best 15 % of the area that lies on the subject."""
    k = round(share * GRID * GRID)
    flat = p.reshape(len(p), -1) + 1e-9 * np.arange(GRID * GRID)
    best = np.argsort(-flat, 1)[:, :k]
    return np.take_along_axis(cover.reshape(len(p), -1), best, 1).mean(1)


def inside(boxes, truth):
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return ((x > truth[:, 0]) & (x < truth[:, 2]) & (y > truth[:, 1]) & (y < truth[:, 3])).astype(float)


def interval(values, scenes, rng):
    """Mean and 95 % bootstrap over scenes."""
    names = sorted(set(scenes))
    by = {n: values[[i for i, s in enumerate(scenes) if s == n]] for n in names}
    boot = [np.concatenate([by[names[i]] for i in rng.randint(0, len(names), len(names))]).mean() for _ in range(500)]
    return f'{values.mean():.3f} [{np.percentile(boot, 2.5):.3f}, {np.percentile(boot, 97.5):.3f}]'


def main(stem, out, mode=''):
    torch.set_num_threads(1)
    kind, scene, maps, truth, rule, norm = load(stem)
    kind = np.array(kind)
    cover = coverage(truth)
    target = torch.from_numpy(cover.astype(np.float32))
    weight = torch.tensor([{'photo': 1.5, 'changed': 1, 'drawn': 0.5, 'pasted': 0.5}[k] for k in kind])
    names = sorted(set(scene))
    if mode == 'final':
        return export(train(maps, target, weight, np.arange(len(kind)), 0), norm, out)
    fold_of = {n: i % FOLDS for i, n in enumerate(np.random.RandomState(0).permutation(names))}
    fold = np.array([fold_of[s] for s in scene])
    at = (np.arange(GRID) + 0.5) / GRID - 0.5
    prior = np.exp(-(at[:, None] ** 2 + at[None] ** 2) / (2 * 0.22 ** 2))
    cues = (maps['rule'] / norm['rule'][1] + norm['rule'][0]).numpy()
    hand = prior * (cues[:, 0] + cues[:, 1] + 0.03) ** 2
    p, boxes, levels = np.zeros((len(kind), GRID, GRID)), np.zeros((len(kind), 4)), []
    fixed = np.zeros((len(kind), 4))
    for f in range(FOLDS):
        learn, test = np.nonzero(fold != f)[0], np.nonzero(fold == f)[0]
        p[test] = predict(train(maps, target, weight, learn, f), maps, test)
        fixed[test] = truth[learn[kind[learn] == 'photo']].mean(0)
        print('fold', f, 'done', flush=True)
    photos = kind == 'photo'
    held = {t: np.stack([boxed(v, t) for v in p]) for t in LEVELS}
    for f in range(FOLDS):
        # The level for a fold is chosen on the held-out maps of the other folds.
        others = photos & (fold != f)
        levels.append(max(LEVELS, key=lambda t: iou(held[t][others], truth[others]).mean()))
        boxes[fold == f] = held[levels[-1]][fold == f]
    for name in ('photo', 'pasted', 'drawn'):
        rows = np.nonzero(kind == name)[0]
        s = [scene[i] for i in rows]
        area = cover[rows].mean((1, 2)).mean()
        print(f'{name}: {len(rows)} pictures, {len(set(s))} scenes, subject covers {area:.2f}')
        for what, b, h in (('mean box', fixed, None), ('centre prior', np.tile([0.2, 0.2, 0.8, 0.8], (len(kind), 1)), np.tile(prior, (len(kind), 1, 1))),
                           ('hand-made rule', rule, hand), ('head', boxes, p)):
            rng = np.random.RandomState(1)
            best = '-' if h is None else interval(top(h[rows], cover[rows]), s, rng)
            print(f'  {what:15} IoU {interval(iou(b[rows], truth[rows]), s, rng)}  best 15 % {best}  centre inside {interval(inside(b[rows], truth[rows]), s, rng)}'
                  f'  IoU > .5 {(iou(b[rows], truth[rows]) > 0.5).mean():.2f}')
    gain = iou(boxes, truth) - iou(rule, truth)
    rows = np.nonzero(kind == 'photo')[0]
    print('head - rule, photos:', interval(gain[rows], [scene[i] for i in rows], np.random.RandomState(1)), 'levels', levels)
    np.savez(f'{stem}.out.npz', p=p, boxes=boxes, rule=rule, truth=truth, kind=kind)
    if out:
        export(train(maps, target, weight, np.arange(len(kind)), 0), norm, out)


def export(head, norm, path):
    g = Graph()

    def half(t):
        return g.half(t.detach().numpy())

    def even(name):
        mean, scale = (t.numpy() for t in norm[name])
        y = g.add('Mul', [g.add('Sub', [name, g.constant(mean)]), g.constant(scale)])
        return g.add('Clip', [y, g.constant(np.float32(-5)), g.constant(np.float32(5))])

    def conv(layer, x):
        return g.add('Conv', [x, half(layer.weight), half(layer.bias)], pads=[layer.padding[0]] * 4)

    def up(x, times):
        return g.add('Resize', [x, '', g.constant(np.array([1, 1, times, times], np.float32))], mode='linear', coordinate_transformation_mode='half_pixel')

    deep = up(conv(head.deep, g.add('Concat', [even('map320'), even('map1280')], axis=1)), 4)
    mid = up(conv(head.mid, g.add('Concat', [even('map64'), even('map96')], axis=1)), 2)
    h = g.add('Relu', [g.add('Concat', [deep, mid, conv(head.fine, even('map32'))], axis=1)])
    h = g.add('Concat', [h, even('rule'), g.constant(head.place.numpy())], axis=1)
    h = g.add('Relu', [conv(head.mix, h)])
    h = g.add('Relu', [conv(head.last, h)])
    g.add('Sigmoid', [conv(head.out, h)], 'subject')
    with torch.no_grad():
        # For tests/models: what PyTorch makes of maps whose i-th value is sin(i / 3), standardised as in the graph.
        made = {n: torch.sin(torch.arange(c * s * s, dtype=torch.float64) / 3).float().reshape(1, c, s, s) for n, (c, s) in SHAPES.items()}
        heat = torch.sigmoid(head({n: ((v - norm[n][0]) * norm[n][1]).clamp(-5, 5) for n, v in made.items()})).numpy().ravel()
    print('golden: mean', heat.mean(), 'first', heat[0], 'middle', heat[14 * GRID + 14], 'largest', heat.max())
    g.write(path, 'subject-head', [(n, [1, c, s, s]) for n, (c, s) in SHAPES.items()], [('subject', [1, 1, GRID, GRID])])


if __name__ == '__main__':
    main(*sys.argv[1:4])
