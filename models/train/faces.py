"""
Face finder and face mesh -> ONNX.

Source: npm @vladmandic/human 3.3.6 (MIT package; the networks are MediaPipe's, Apache-2.0), models/blazeface and models/facemesh.
    python3 models/train/faces.py models [unpacked package folder]
Writes face-finder.onnx (RGB 256 x 256, x / 127.5 - 1, letterboxed) and face-mesh.onnx (RGB 192 x 192, x / 255). The weights are stored as float16,
which loses nothing: the finder's float32 file holds only values that float16 can hold. The mesh's third output (contours) is left out with everything that only it needs.
"""
import base64
import json
import sys
from pathlib import Path

import numpy as np

from graph import Graph
from packages import fetch

SIZES = {'float32': (np.float32, 4), 'int32': (np.int32, 4)}


def text(attr, default=''):
    return base64.b64decode(attr['s']).decode() if attr and 's' in attr else default


def read(folder, stem):
    model = json.loads((folder / f'{stem}.json').read_text())
    data = (folder / f'{stem}.bin').read_bytes()
    weights, at = {}, 0
    for group in model['weightsManifest']:
        for w in group['weights']:
            n = int(np.prod(w['shape'])) if w['shape'] else 1
            narrow = w.get('quantization', {}).get('dtype') == 'float16'
            dtype, size = (np.float16, 2) if narrow else SIZES[w['dtype']]
            weights[w['name']] = np.frombuffer(data, dtype, n, at).reshape(w['shape'])
            at += n * size
    assert at == len(data), (at, len(data))
    return model['modelTopology']['node'], weights


def ordered(nodes):
    """Inputs before users (the files are not sorted)."""
    by_name, done, out = {n['name']: n for n in nodes}, set(), []

    def visit(node):
        if node['name'] in done:
            return
        done.add(node['name'])
        for i in node.get('input', []):
            visit(by_name[i.split(':')[0]])
        out.append(node)

    sys.setrecursionlimit(10000)
    for node in nodes:
        visit(node)
    return out


def needed(nodes, wanted):
    """Nodes that the wanted outputs hang on."""
    by_name, seen = {n['name']: n for n in nodes}, set()

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        for i in by_name[name].get('input', []):
            visit(i.split(':')[0])

    for node in nodes:
        if node['op'] == 'Identity' and node['name'] in wanted:
            visit(node['name'])
    return [n for n in nodes if n['name'] in seen]


def convert(nodes, weights, side, path, title, wanted):
    g = Graph()
    values, outputs = {}, []
    nodes = needed(nodes, wanted)

    def kernel(array):
        assert (array == array.astype(np.float16)).all(), 'float16 would lose something here'
        return g.half(array)

    for node in ordered(nodes):
        op, name, attr = node['op'], node['name'], node.get('attr', {})
        ins = [i.split(':')[0] for i in node.get('input', [])]
        if op == 'Const':
            continue
        if op == 'Placeholder':
            values[name] = 'x'
            continue
        x = values[ins[0]]
        same = {'auto_pad': 'SAME_UPPER' if text(attr.get('padding')) == 'SAME' else 'VALID'}
        step = [int(v) for v in attr['strides']['list']['i'][1:3]] if 'strides' in attr else None
        if op == '_FusedConv2D':
            w, b = weights[ins[1]].transpose(3, 2, 0, 1), weights[ins[2]]
            y = g.add('Conv', [x, kernel(w), kernel(b)], strides=step, **same)
            fused = [base64.b64decode(s).decode() for s in attr['fused_ops']['list']['s']]
            assert fused[0] == 'BiasAdd'
            for extra in fused[1:]:
                if extra == 'Relu':
                    y = g.add('Relu', [y])
                elif extra == 'Relu6':
                    y = g.relu6(y)
                elif extra == 'Prelu':
                    y = g.add('PRelu', [y, kernel(weights[ins[3]].reshape(-1, 1, 1))])
                else:
                    raise SystemExit(f'unknown fused op {extra}')
        elif op == 'DepthwiseConv2dNative':
            w = weights[ins[1]].transpose(2, 3, 0, 1)
            w = w.reshape(w.shape[0] * w.shape[1], 1, *w.shape[2:])
            y = g.add('Conv', [x, kernel(w)], strides=step, group=w.shape[0], **same)
        elif op == 'AddV2':
            other = values.get(ins[1])
            if other is None:
                other = kernel(weights[ins[1]].reshape(1, -1, 1, 1))
            y = g.add('Add', [x, other])
        elif op == 'Relu':
            y = g.add('Relu', [x])
        elif op == 'Sigmoid':
            y = g.add('Sigmoid', [x])
        elif op == 'Prelu':
            y = g.add('PRelu', [x, kernel(weights[ins[1]].reshape(-1, 1, 1))])
        elif op == 'MaxPool':
            y = g.add('MaxPool', [x], kernel_shape=[int(v) for v in attr['ksize']['list']['i'][1:3]], strides=step, **same)
        elif op == 'Pad':
            table = weights[ins[1]].reshape(4, 2)[[0, 3, 1, 2]]
            y = g.add('Pad', [x, g.constant(np.concatenate([table[:, 0], table[:, 1]]).astype(np.int64))])
        elif op == 'Reshape':
            y = g.add('Reshape', [g.add('Transpose', [x], perm=[0, 2, 3, 1]), g.constant(np.array([-1], np.int64))])
        elif op == 'Identity':
            y = g.add('Identity', [x], wanted[name])
            outputs.append(y)
        else:
            raise SystemExit(f'unknown op {op}')
        values[name] = y
    g.write(path, title, [('x', [1, 3, side, side])], [(o, [f'n{o}']) for o in outputs])


def main(out, given=None):
    folder = fetch('@vladmandic/human', '3.3.6', given) / 'models'
    convert(*read(folder, 'blazeface'), 256, str(Path(out) / 'face-finder.onnx'), 'face-finder',
            {'Identity': 'logits16', 'Identity_1': 'logits32', 'Identity_2': 'boxes16', 'Identity_3': 'boxes32'})
    convert(*read(folder, 'facemesh'), 192, str(Path(out) / 'face-mesh.onnx'), 'face-mesh', {'Identity_1': 'flag', 'Identity_2': 'mesh'})


if __name__ == '__main__':
    main(*sys.argv[1:3])
