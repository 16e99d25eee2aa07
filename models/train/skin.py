"""
Skin head: which of 28 x 28 cells are bare skin, from maps of the shipped backbone and colour -> ONNX.

    node models/train/dump-skin.ts /tmp/skin MEDIA
    python3 models/train/skin.py /tmp/skin models/skin-head.onnx

Trained on the photos that models/train/scenes.ts and skin-scenes.ts do not hold out; figures are for those they do. Needs Debian's python3-torch,
python3-onnx, python3-sklearn.
"""
import csv
import sys

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn import functional as F

from graph import Graph

GRID, SIGNS, EPOCHS, BATCH = 28, 12, 24, 32
MAPS = (('map32', 32, 28), ('map64', 64, 14), ('map96', 96, 14), ('map320', 320, 7))
LENGTH = sum(c * s * s for _, c, s in MAPS) + GRID * GRID * SIGNS
# What a picture of each kind counts for. People further off are looked at, not learned from.
WEIGHT = {'hand': 3, 'skin': 2, 'none': 2, 'made': 2, 'people': 0}


class Head(nn.Module):
    def __init__(self, wide=24):
        super().__init__()
        self.deep = nn.Conv2d(320, wide, 1)
        self.mid = nn.Conv2d(160, wide, 1)
        self.fine = nn.Conv2d(32 + SIGNS, wide, 1)
        self.mix = nn.Conv2d(wide, 12, 3, padding=1)
        self.out = nn.Conv2d(12, 1, 1)
        self.drop = nn.Dropout2d(0.2)

    def forward(self, n):
        def up(t):
            return F.interpolate(t, size=(GRID, GRID), mode='bilinear', align_corners=False)
        h = up(self.deep(self.drop(n['map320']))) + up(self.mid(self.drop(torch.cat([n['map64'], n['map96']], 1))))
        h = F.relu(h + self.fine(torch.cat([n['map32'], n['colour']], 1)))
        return self.out(F.relu(self.mix(self.drop(h))))[:, 0]


def split(x):
    parts, at = {}, 0
    for name, count, side in MAPS:
        parts[name] = torch.from_numpy(np.array(x[:, at:at + count * side * side])).reshape(len(x), count, side, side)
        at += count * side * side
    parts['colour'] = torch.from_numpy(np.array(x[:, at:])).reshape(len(x), GRID, GRID, SIGNS).permute(0, 3, 1, 2).contiguous()
    return parts


def main(stem, out):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = np.random.RandomState(0)
    with open(f'{stem}.tsv') as f:
        rows = list(csv.reader(f, delimiter='\t', quoting=csv.QUOTE_NONE))
    kinds, files = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    held, made = np.array([r[2] == '1' for r in rows]), np.array([r[3] for r in rows])
    x = np.memmap(f'{stem}.f32', np.float32, 'r').reshape(len(rows), LENGTH)
    label = np.fromfile(f'{stem}.i8', np.int8).reshape(len(rows), GRID, GRID)
    for what, some in (('training', ~held), ('held out', held)):
        print(what, {k: f'{((kinds == k) & some).sum()} pictures of {len(set(files[(kinds == k) & some]))} photos' for k in WEIGHT if WEIGHT[k]})
    learn = np.nonzero(~held & (kinds != 'people'))[0]
    sample = split(x[np.sort(rng.permutation(learn)[:300])])
    norm = {n: (v.mean((0, 2, 3), keepdim=True), 1 / v.std((0, 2, 3), keepdim=True).clamp(min=1e-3)) for n, v in sample.items()}

    def look(pick):
        return {n: ((v - norm[n][0]) * norm[n][1]).clamp(-5, 5) for n, v in split(x[pick]).items()}

    head = Head()
    optimiser = torch.optim.AdamW(head.parameters(), 2e-3, weight_decay=0.05)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=EPOCHS * (len(learn) // BATCH))
    weight = np.array([WEIGHT[k] for k in kinds], np.float32)
    for epoch in range(EPOCHS):
        order, total = rng.permutation(learn), 0
        for b in range(len(learn) // BATCH):
            pick = np.sort(order[b * BATCH:(b + 1) * BATCH])
            n, y, w = look(pick), torch.from_numpy(label[pick].astype(np.float32)), torch.from_numpy(weight[pick])
            if rng.rand() < 0.5:
                n, y = {k: v.flip(-1) for k, v in n.items()}, y.flip(-1)
            known = (y >= 0).float()
            loss = F.binary_cross_entropy_with_logits(head(n), y.clamp(min=0), reduction='none') * known
            loss = (loss.sum((1, 2)) / (known.sum((1, 2)) + 20) * w).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
            total += loss.item()
        print(f'epoch {epoch}: {total / (len(learn) // BATCH):.4f}', flush=True)
    head.eval()
    with torch.no_grad():
        test = np.nonzero(held)[0]
        p = np.concatenate([head(look(test[at:at + 64])).numpy() for at in range(0, len(test), 64)])
    colour = x[test][:, -GRID * GRID * SIGNS:].reshape(-1, GRID, GRID, SIGNS)[..., 0]
    for name, some in (('photos as shot', (kinds[test] != 'made') & (made[test] == 'as shot')), ('made scenes', kinds[test] == 'made')):
        y = label[test][some]
        known = y >= 0
        print(f'held-out cells, {name}: AUC {roc_auc_score(y[known], p[some][known]):.3f}; of red over green alone '
              f'{roc_auc_score(y[known], colour[some][known]):.3f}; {(y[known] == 1).sum()} cells of skin, {(y[known] == 0).sum()} others')
    export(head, norm, out)


def export(head, norm, path):
    g = Graph()

    def even(name):
        mean, scale = (t.numpy() for t in norm[name])
        y = g.add('Mul', [g.add('Sub', [name, g.constant(mean)]), g.constant(scale)])
        return g.add('Clip', [y, g.constant(np.float32(-5)), g.constant(np.float32(5))])

    def conv(layer, x):
        return g.add('Conv', [x, g.half(layer.weight.detach().numpy()), g.half(layer.bias.detach().numpy())], pads=[layer.padding[0]] * 4)

    def up(x, times):
        return g.add('Resize', [x, '', g.constant(np.array([1, 1, times, times], np.float32))], mode='linear', coordinate_transformation_mode='half_pixel')

    h = g.add('Add', [up(conv(head.deep, even('map320')), 4), up(conv(head.mid, g.add('Concat', [even('map64'), even('map96')], axis=1)), 2)])
    h = g.add('Relu', [g.add('Add', [h, conv(head.fine, g.add('Concat', [even('map32'), even('colour')], axis=1))])])
    h = g.add('Relu', [conv(head.mix, h)])
    g.add('Sigmoid', [conv(head.out, h)], 'skin')
    shapes = [(n, [1, c, s, s]) for n, c, s in MAPS] + [('colour', [1, SIGNS, GRID, GRID])]
    with torch.no_grad():
        # For tests/models: what PyTorch makes of maps whose i-th value is sin(i / 3), standardised as in the graph.
        fed = {n: torch.sin(torch.arange(int(np.prod(s)), dtype=torch.float64) / 3).float().reshape(s) for n, s in shapes}
        heat = torch.sigmoid(head({n: ((v - norm[n][0]) * norm[n][1]).clamp(-5, 5) for n, v in fed.items()})).numpy().ravel()
    print('golden: mean', heat.mean(), 'first', heat[0], 'middle', heat[14 * GRID + 14], 'largest', heat.max())
    g.write(path, 'skin-head', shapes, [('skin', [1, 1, GRID, GRID])])


if __name__ == '__main__':
    main(*sys.argv[1:3])
