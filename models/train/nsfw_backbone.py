"""
MobileNetV2 of nsfwjs -> ONNX feature extractor (only the convolutional body is kept; its content classes are dropped).

Source: npm nsfwjs 4.3.0 (MIT), dist/models/mobilenet_v2. Weights are uint8 with one scale per tensor and stay so here: lossless.
    python3 models/train/nsfw_backbone.py models/general-backbone.onnx [unpacked package folder]
Outputs: mean and deviation of eight layers, the middle of the frame counted most (`feat`), and the correlations between the 96 channels of the
fifth (`corr`): second-order texture, which a mean and a deviation do not hold.
Input RGB / 255, 384 x 384. Stride-2 convolutions are ZeroPadding2D + valid in the source: the border becomes the
convolution's own, since a Pad between two of them costs a quarter of the network's time in re-ordered maps. Batch norm is not folded in the source;
here it becomes one multiplication and addition per channel (float32), which changes nothing but the order of rounding.
"""
import base64
import json
import re
import sys

import numpy as np

from graph import TAPS, Graph
from packages import fetch

LAYERS = {16: 'expanded_conv_project_BN', 24: 'block_2_add', 32: 'block_5_add', 64: 'block_9_add', 96: 'block_12_add', 160: 'block_15_add',
          320: 'block_16_project_BN', 1280: 'out_relu'}
STRIDES = {16: 2, 24: 4, 32: 8, 64: 16, 96: 16, 160: 32, 320: 32, 1280: 32}
SIDE = 384


def load(package):
    folder = package / 'dist' / 'models' / 'mobilenet_v2'
    text = (folder / 'model.min.js').read_text()
    shard = (folder / 'group1-shard1of1.min.js').read_text()
    longest = max(re.findall(r'["\'`]([A-Za-z0-9+/=]{1000,})["\'`]', shard), key=len)
    return text, base64.b64decode(longest)


def topology(text):
    """The module holds one object literal; node prints it as JSON."""
    import subprocess
    import tempfile
    with tempfile.NamedTemporaryFile('w', suffix='.cjs') as f:
        f.write(text)
        f.flush()
        done = subprocess.run(['node', '-e', f'const m=require({json.dumps(f.name)});console.log(JSON.stringify(m.default??m))'],
                              capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main(out, given=None):
    text, data = load(fetch('nsfwjs', '4.3.0', given))
    model = topology(text)
    weights, at = {}, 0
    for group in model['weightsManifest']:
        for w in group['weights']:
            q = w['quantization']
            assert q['dtype'] == 'uint8'
            n = int(np.prod(w['shape']))
            weights[w['name']] = (np.frombuffer(data, np.uint8, n, at).reshape(w['shape']), q['scale'], q['min'])
            at += n
    assert at == len(data), (at, len(data))
    config = model['modelTopology']['model_config']['config']
    layers = config['layers']
    if layers[0].get('class_name') in ('Functional', 'Model', 'Sequential'):
        layers = layers[0]['config']['layers']

    def number(name):
        q, scale, least = weights[name]
        return q.astype(np.float32) * np.float32(scale) + np.float32(least)

    g = Graph()
    values, taps, borders = {}, {}, {}
    for layer in layers:
        kind, name, c = layer['class_name'], layer['config']['name'], layer['config']
        if kind == 'InputLayer':
            values[name] = 'x'
            continue
        ins = [values[i[0]] for i in layer['inbound_nodes'][0]]
        if kind == 'ZeroPadding2D':
            (t, b), (l, r) = c['padding']
            borders[name] = [t, l, b, r]
            y = ins[0]
        elif kind in ('Conv2D', 'DepthwiseConv2D'):
            deep = kind == 'DepthwiseConv2D'
            q, scale, least = weights[f'{name}/{"depthwise_kernel" if deep else "kernel"}']
            kernel = q.transpose(2, 3, 0, 1) if deep else q.transpose(3, 2, 0, 1)
            assert not c['use_bias']
            before = borders.get(layer['inbound_nodes'][0][0][0])
            assert before is None or c['padding'] == 'valid'
            border = {'auto_pad': 'SAME_UPPER'} if c['padding'] == 'same' else {'pads': before or [0, 0, 0, 0]}
            y = g.add('Conv', [ins[0], g.bytes(kernel, scale, least)], strides=c['strides'], group=kernel.shape[0] if deep else 1, **border)
        elif kind == 'BatchNormalization':
            gain = number(f'{name}/gamma') / np.sqrt(number(f'{name}/moving_variance') + c['epsilon'])
            shift = number(f'{name}/beta') - number(f'{name}/moving_mean') * gain
            scaled = g.add('Mul', [ins[0], g.constant(gain.reshape(1, -1, 1, 1).astype(np.float32))])
            y = g.add('Add', [scaled, g.constant(shift.reshape(1, -1, 1, 1).astype(np.float32))])
        elif kind == 'ReLU':
            y = g.relu6(ins[0])
        elif kind == 'Add':
            y = g.add('Add', ins)
        else:
            raise SystemExit(f'unknown layer {kind} {name}')
        values[name] = y
        for channels, ending in LAYERS.items():
            if name == ending:
                taps[channels] = y
        if name == 'out_relu':
            break
    assert sorted(taps) == sorted(TAPS), sorted(taps)
    g.centred([(taps[c], c, STRIDES[c]) for c in TAPS], SIDE)
    g.correlations(taps[96], 96, SIDE, STRIDES[96])
    g.write(out, 'general-backbone', [('x', [1, 3, SIDE, SIDE])], [('feat', [1, 3984]), ('corr', [1, 96 * 95 // 2])])


if __name__ == '__main__':
    main(*sys.argv[1:3])
