"""The teacher: an image classifier, given as an ONNX file, run node by node, and what is to be foreseen of its features."""

import json

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class Classifier(torch.nn.Module):
    """The graph of a convolutional classifier in PyTorch; weights are frozen."""

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(path).graph
        self.nodes = [
            (node.op_type, list(node.input), node.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute})
            for node in graph.node
        ]
        self.input, self.outputs = graph.input[0].name, [output.name for output in graph.output]
        self.names = {tensor.name: f"weight_{place}" for place, tensor in enumerate(graph.initializer)}
        for tensor in graph.initializer:
            self.register_buffer(self.names[tensor.name], torch.from_numpy(numpy_helper.to_array(tensor).copy()))

    def forward(self, pictures):
        """Pictures in −1 to 1 → the last feature map `[pictures, channels, rows, columns]` and probabilities of classes."""
        values = {name: getattr(self, buffer) for name, buffer in self.names.items()}
        values[self.input] = pictures
        for operation, inputs, output, attributes in self.nodes:
            values[output] = self.run(operation, [values[name] for name in inputs if name], attributes)
        return [values[name] for name in self.outputs]

    @staticmethod
    def run(operation, inputs, attributes):
        x = inputs[0]
        match operation:
            case "Conv":
                stride = attributes.get("strides", [1, 1])
                padded = attributes.get("auto_pad", b"NOTSET")
                if padded not in (b"NOTSET", b"SAME_UPPER") or set(attributes.get("dilations", [1])) != {1}:
                    raise SystemExit("the classifier has a convolution with dilation or padding that this trainer does not know")
                if padded == b"SAME_UPPER":
                    kernel = inputs[1].shape[2:]
                    pads = []
                    for size, kernel, step in zip(reversed(x.shape[2:]), reversed(kernel), reversed(stride)):
                        missing = max((-(-size // step) - 1) * step + kernel - size, 0)
                        pads += [missing // 2, missing - missing // 2]
                    even = pads[0] == pads[1] and pads[2] == pads[3]
                    padding = (pads[2], pads[0]) if even else 0
                    x = x if even else F.pad(x, pads)
                else:
                    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
                    padding = 0
                    x = F.pad(x, (left, right, top, bottom)) if any((top, left, bottom, right)) else x
                return F.conv2d(x, *inputs[1:], stride=stride, padding=padding, groups=attributes.get("group", 1))
            case "Clip":
                return torch.clamp(x, *inputs[1:])
            case "Add":
                return x + inputs[1]
            case "Relu":
                return x.relu()
            case "Identity":
                return x
            case "GlobalAveragePool":
                return x.mean((2, 3), keepdim=True)
            case "Flatten":
                return x.flatten(1)
            case "Softmax":
                return x.float().softmax(-1)
        raise SystemExit(f"the classifier has an operator {operation}, which this trainer does not know")


class Targets:
    """What is to be foreseen of a picture: components of its features, as `projection` of a run says, and its classes."""

    def __init__(self, classifier, projection, device):
        self.classifier = Classifier(classifier).to(device).eval()
        mean, matrix = json.loads(open(projection).read())
        self.mean = torch.tensor(mean, device=device)
        self.matrix = torch.tensor(matrix, device=device)
        if device.type == "cuda":
            self.classifier = self.classifier.half()
        self.layout = torch.contiguous_format

    @torch.no_grad()
    def of(self, pictures):
        """Components `[pictures, cells, components]`, and probabilities of classes."""
        pictures = pictures.contiguous(memory_format=self.layout)
        map, classes = self.classifier(pictures.half() if pictures.is_cuda else pictures)
        cells = map.flatten(2).transpose(1, 2).float()
        return (cells - self.mean) @ self.matrix, classes

    def choose_layout(self, pictures, seconds):
        """Takes the layout of memory in which this GPU is faster; `seconds(f)` measures a call."""
        speeds = {}
        for layout in (torch.contiguous_format, torch.channels_last):
            self.layout = layout
            speeds[layout] = seconds(lambda: self.of(pictures))
        self.layout = min(speeds, key=speeds.get)
        return speeds
