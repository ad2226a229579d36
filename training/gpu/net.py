"""The captioner of `training/src/nets` in PyTorch, with the names of its weights in an exported folder.

A folder's weights go in as they are, and come out with the batch norms taken in (`export`), as the crate's export does.
"""

import math

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn


class ConvNorm(nn.Module):
    def __init__(self, weight, stride):
        super().__init__()
        out, into = weight.shape[:2]
        self.conv = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return self.norm(self.conv(x))

    def settle(self, x):
        """Gives the convolution of a folder a batch norm that has seen `x`, without a change of what it says at use."""
        y, norm = self.conv(x), self.norm
        bias = norm.bias.clone()
        variance, mean = torch.var_mean(y, (0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(bias + mean)
        return y + bias[:, None, None]


class Residual(nn.Module):
    def __init__(self, weights, name):
        super().__init__()
        self.first = ConvNorm(weights[f"{name}.first.weight"], 1)
        self.second = ConvNorm(weights[f"{name}.second.weight"], 1)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + x)

    def settle(self, x):
        return F.relu(self.second.settle(F.relu(self.first.settle(x))) + x)


def linear(weights, name):
    """Of the shape of an exported layer, whose weight is `[in, out]`."""
    return nn.Linear(*weights[f"{name}.weight"].shape)


class Encoder(nn.Module):
    """`ConvEncoder` without layers that mix the cells: pixels → memory `[photos, cells, width]`."""

    def __init__(self, weights):
        super().__init__()
        self.stage = nn.ModuleList()
        while f"stage.{len(self.stage)}.down.weight" in weights:
            name = f"stage.{len(self.stage)}"
            stage = nn.Module()
            stage.down = ConvNorm(weights[f"{name}.down.weight"], 2)
            stage.block = nn.ModuleList()
            while f"{name}.block.{len(stage.block)}.first.weight" in weights:
                stage.block.append(Residual(weights, f"{name}.block.{len(stage.block)}"))
            self.stage.append(stage)
        self.last = linear(weights, "last")
        self.project = linear(weights, "project")
        self.position = nn.Parameter(torch.empty(weights["position"].shape))
        self.norm = nn.LayerNorm(weights["norm.scale"].shape[0])

    def forward(self, pixels):
        x = pixels
        for stage in self.stage:
            x = F.relu(stage.down(x))
            for block in stage.block:
                x = block(x)
        cells = F.relu(self.last(x.flatten(2).transpose(1, 2)))
        return self.norm(self.project(cells) + self.position)

    @torch.no_grad()
    def settle(self, x):
        """As `ConvEncoder::settle` of the crate."""
        for stage in self.stage:
            x = F.relu(stage.down.settle(x))
            for block in stage.block:
                x = block.settle(x)


class Attention(nn.Module):
    def __init__(self, query, key, heads):
        super().__init__()
        self.heads = heads
        self.query, self.output = nn.Linear(*query), nn.Linear(*query)
        self.key, self.value = nn.Linear(*key), nn.Linear(*key)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def keys_values(self, memory):
        return self.split(self.key(memory)), self.split(self.value(memory))

    def forward(self, x, keys_values, causal=False):
        mixed = F.scaled_dot_product_attention(self.split(self.query(x)), *keys_values, is_causal=causal)
        return self.output(mixed.transpose(1, 2).flatten(2))


class DecoderLayer(nn.Module):
    def __init__(self, weights, name, heads):
        super().__init__()
        width = weights[f"{name}.self.query.weight"].shape
        self.self_norm, self.cross_norm, self.forward_norm = [nn.LayerNorm(width[0]) for _ in range(3)]
        self.self = Attention(width, width, heads)
        self.cross = Attention(width, width, heads)
        self.feed_forward = nn.Module()
        self.feed_forward.widen = linear(weights, f"{name}.feed_forward.widen")
        self.feed_forward.narrow = linear(weights, f"{name}.feed_forward.narrow")


class Decoder(nn.Module):
    """`TransformerDecoder`: tokens and memory → logits of the token after each."""

    def __init__(self, weights, heads, dropout):
        super().__init__()
        self.embedding = nn.Parameter(torch.empty(weights["embedding"].shape))
        self.position = nn.Parameter(torch.empty(weights["position"].shape))
        self.layer = nn.ModuleList()
        while f"layer.{len(self.layer)}.self.query.weight" in weights:
            self.layer.append(DecoderLayer(weights, f"layer.{len(self.layer)}", heads))
        self.norm = nn.LayerNorm(weights["norm.scale"].shape[0])
        self.bias = nn.Parameter(torch.empty(weights["bias"].shape))
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens, memory, times):
        """`tokens` `[photos × times, length]`, all of a photo together; `memory` `[photos, cells, width]`."""
        drop, length = self.dropout, tokens.shape[1]
        x = drop(self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.position[:length])
        for layer in self.layer:
            normed = layer.self_norm(x)
            x = x + drop(layer.self(normed, layer.self.keys_values(normed), causal=True))
            seen = [part.repeat_interleave(times, 0) for part in layer.cross.keys_values(memory)]
            x = x + drop(layer.cross(layer.cross_norm(x), seen))
            inner = layer.feed_forward.narrow(F.relu(layer.feed_forward.widen(layer.forward_norm(x))))
            x = x + drop(inner)
        return self.norm(x) @ self.embedding.T + self.bias


def weights_of(path):
    """An exported graph and its weights by name."""
    model = onnx.load(path)
    return model, {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


class Captioner(nn.Module):
    """Encoder, decoder, and the heads that teach the encoder, of the net in `folder`."""

    def __init__(self, folder, dropout, components, classes):
        super().__init__()
        self.graphs = [weights_of(folder / f"{part}_model.onnx") for part in ("encoder", "decoder")]
        (_, encoder), (_, decoder) = self.graphs
        past = next(put for put in self.graphs[1][0].graph.input if put.name == "past_key_values.0.key")
        heads = past.type.tensor_type.shape.dim[1].dim_value
        self.encoder = Encoder(encoder)
        self.decoder = Decoder(decoder, heads, dropout)
        self.word_support = linear(encoder, "word_support")
        width = encoder["norm.scale"].shape[0]
        self.components, self.classes = nn.Linear(width, components), nn.Linear(width, classes)
        for values, parts in zip((encoder, decoder), self.parts()):
            floats = {name for name, array in values.items() if array.dtype.kind == "f" and array.ndim > 0}
            if floats != set(parts):
                others = ", ".join(sorted(floats ^ set(parts)))
                raise SystemExit(f"{folder} holds another net than the one taught here: {others}")
            for name, tensor in parts.items():
                with torch.no_grad():
                    tensor.copy_(torch.from_numpy(oriented(name, values[name]).astype(np.float32)))
        with torch.no_grad():
            # What may never be written is not as unlikely while it is learnt as a graph makes it.
            self.decoder.bias.clamp_(min=-10)

    def parts(self):
        """The weights of each graph by their exported names; batch norms are not taken in."""
        encoder = {}
        for name, tensor in self.encoder.named_parameters():
            if name.endswith(".conv.weight"):
                encoder[name.replace(".conv.weight", ".weight")] = tensor
            elif name.endswith(".norm.bias"):
                encoder[name.replace(".norm.bias", ".bias")] = tensor
            elif not name.endswith(".norm.weight"):
                encoder[name.replace("norm.weight", "norm.scale")] = tensor
        for name, tensor in self.word_support.named_parameters():
            encoder[f"word_support.{name}"] = tensor
        decoder = {}
        for name, tensor in self.decoder.named_parameters():
            in_encoder = ".cross.key." in name or ".cross.value." in name
            (encoder if in_encoder else decoder)[name.replace("norm.weight", "norm.scale")] = tensor
        return encoder, decoder

    @torch.no_grad()
    def export(self, folder):
        """Writes both graphs with the weights as they are, each batch norm taken in by its convolution."""
        encoder, decoder = [dict(part) for part in self.parts()]
        for name, module in self.encoder.named_modules():
            if isinstance(module, ConvNorm):
                norm = module.norm
                scale = norm.weight / (norm.running_var + norm.eps).sqrt()
                encoder[f"{name}.weight"] = module.conv.weight * scale[:, None, None, None]
                encoder[f"{name}.bias"] = norm.bias - norm.running_mean * scale
        for part, (model, values), learnt in zip(("encoder", "decoder"), self.graphs, (encoder, decoder)):
            for tensor in model.graph.initializer:
                if tensor.name in learnt:
                    array = oriented(tensor.name, learnt[tensor.name].float().cpu().numpy())
                    if tensor.name == "bias":
                        # What is never written stays never written.
                        never = values["bias"] < -1e8
                        array = np.where(never, values["bias"], array)
                    array = np.ascontiguousarray(array, dtype=values[tensor.name].dtype)
                    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
            onnx.save(model, folder / f"{part}_model.onnx")


def oriented(name, array):
    """A linear layer's weight is `[in, out]` in a folder and `[out, in]` here; both ways."""
    return array.T if array.ndim == 2 and name.endswith(".weight") else array
