"""Small ONNX builder shared by the converters: NCHW, opset 13, constants stored as they came (float16 or uint8) and widened in the graph."""
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

TAPS = (16, 24, 32, 64, 96, 160, 320, 1280)


class Graph:
    def __init__(self):
        self.nodes = []
        self.constants = []
        self.count = 0

    def name(self, stem='t'):
        self.count += 1
        return f'{stem}_{self.count}'

    def add(self, op, inputs, out=None, **attributes):
        out = out or self.name(op)
        self.nodes.append(helper.make_node(op, inputs, [out], **attributes))
        return out

    def constant(self, array, stem='c'):
        name = self.name(stem)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def half(self, array, stem='w'):
        """float16 constant, widened to float32: lossless for weights that were published as float16."""
        narrow = array.astype(np.float16)
        return self.add('Cast', [self.constant(narrow, stem)], to=TensorProto.FLOAT)

    def bytes(self, array, scale, least, stem='q'):
        """uint8 constant with its affine scale: exactly the published quantisation."""
        wide = self.add('Cast', [self.constant(array.astype(np.uint8), stem)], to=TensorProto.FLOAT)
        scaled = self.add('Mul', [wide, self.constant(np.float32(scale))])
        return self.add('Add', [scaled, self.constant(np.float32(least))])

    def relu6(self, x, out=None):
        return self.add('Clip', [x, self.constant(np.float32(0)), self.constant(np.float32(6))], out)

    def features(self, taps):
        """Mean and population standard deviation of each tapped map, concatenated: 3,984 values for TAPS."""
        parts = []
        for tap in taps:
            mean = self.add('ReduceMean', [tap], axes=[2, 3], keepdims=0)
            square = self.add('ReduceMean', [self.add('Mul', [tap, tap])], axes=[2, 3], keepdims=0)
            parts += [mean, self.spread(mean, square)]
        return self.add('Concat', parts, 'feat', axis=1)

    def spread(self, mean, square):
        """Standard deviation from the mean of the values and the mean of their squares."""
        variance = self.add('Sub', [square, self.add('Mul', [mean, mean])])
        return self.add('Sqrt', [self.add('Clip', [variance, self.constant(np.float32(1e-9)), self.constant(np.float32(1e9))])])

    def centred(self, taps, side, sigma=0.2):
        """As `features`, with every place weighted by a gaussian around the middle of the frame: `taps` are (name, channels, stride) at `side`."""
        parts = []
        for tap, channels, stride in taps:
            n = -(-side // stride)
            w = np.exp(-(((np.arange(n) + 0.5) / n - 0.5) ** 2) / (2 * sigma * sigma))
            column = self.constant((w / w.sum()).astype(np.float32).reshape(n, 1))
            flat = self.constant(np.array([1, channels], np.int64))

            def weighed(x):
                rows = self.add('Transpose', [self.add('MatMul', [x, column])], perm=[0, 1, 3, 2])
                return self.add('Reshape', [self.add('MatMul', [rows, column]), flat])

            mean = weighed(tap)
            parts += [mean, self.spread(mean, weighed(self.add('Mul', [tap, tap])))]
        return self.add('Concat', parts, 'feat', axis=1)

    def correlations(self, tap, channels, side, stride):
        """How the channels of a map go together over the frame: the upper triangle of their correlations, row by row."""
        n = (-(-side // stride)) ** 2
        flat = self.add('Reshape', [tap, self.constant(np.array([channels, n], np.int64))])
        off = self.add('Sub', [flat, self.add('ReduceMean', [flat], axes=[1], keepdims=1)])
        square = self.add('ReduceMean', [self.add('Mul', [off, off])], axes=[1], keepdims=1)
        # A channel that hardly moves has no say: its deviation is lifted before it divides.
        unit = self.add('Div', [off, self.add('Add', [self.add('Sqrt', [square]), self.constant(np.float32(1e-2))])])
        table = self.add('MatMul', [unit, self.add('Transpose', [unit], perm=[1, 0])])
        scaled = self.add('Mul', [table, self.constant(np.float32(1 / n))])
        rows, columns = np.triu_indices(channels, 1)
        one = self.add('Reshape', [scaled, self.constant(np.array([1, channels * channels], np.int64))])
        return self.add('Gather', [one, self.constant((rows * channels + columns).astype(np.int32))], 'corr', axis=1)

    def write(self, path, title, inputs, outputs):
        graph = helper.make_graph(
            self.nodes,
            title,
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in inputs],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], producer_name='dropcard-train')
        model.ir_version = 8
        checker.check_model(model)
        save(model, path)
