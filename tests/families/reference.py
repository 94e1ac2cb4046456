"""The networks again, in plain PyTorch."""

import numpy as np
import torch
from torch import Tensor, nn

from gridproof.parts.families.mlp.network import Shape


class Residual(nn.Module):
    """Add a layer's input to its output."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        """Return x + layer(x)."""
        return x + self.layer(x)


def plain_network(shape: Shape) -> nn.Sequential:
    """Return Linear, BatchNorm1d if asked for, ReLU for each hidden layer, then a Linear."""
    modules: list[nn.Module] = []
    size = shape.n_inputs
    for layer in range(shape.depth):
        parts: list[nn.Module] = [nn.Linear(size, shape.width)]
        if shape.batch_norm:
            parts.append(nn.BatchNorm1d(shape.width))
        hidden = nn.Sequential(*parts, nn.ReLU())
        modules.append(Residual(hidden) if shape.residual and layer > 0 else hidden)
        size = shape.width
    return nn.Sequential(*modules, nn.Linear(size, shape.n_classes))


def linear_layers(network: nn.Module) -> list[nn.Linear]:
    """Return the linear layers, from input to output."""
    return [module for module in network.modules() if isinstance(module, nn.Linear)]


def named_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Return a network's own tensors under the names of a checkpoint."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d)]
    tensors: dict[str, Tensor] = {}
    for layer, linear in enumerate(linear_layers(network)):
        tensors |= {f"weight.{layer}": linear.weight, f"bias.{layer}": linear.bias}
    for layer, norm in enumerate(norms):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        tensors |= {
            f"gamma.{layer}": norm.weight,
            f"beta.{layer}": norm.bias,
            f"running_mean.{layer}": norm.running_mean,
            f"running_var.{layer}": norm.running_var,
        }
    return tensors


def copy_into(network: nn.Module, tensors: dict[str, Tensor]) -> nn.Module:
    """Set a network's tensors; return the network."""
    own = named_tensors(network)
    assert own.keys() == tensors.keys()
    with torch.no_grad():
        for name, value in tensors.items():
            assert own[name].shape == value.shape
            own[name].copy_(value)
    return network


def tensors_of(shape: Shape, numbers: np.ndarray) -> dict[str, Tensor]:
    """Return a network's numbers as tensors by name, in memory of their own."""
    return {name: torch.from_numpy(v.copy()) for name, v in shape.tensors(numbers).items()}


def logits_of(shape: Shape, numbers: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the logits (n, n_classes) that nn.Sequential gives in eval mode."""
    network = copy_into(plain_network(shape), tensors_of(shape, numbers)).eval()
    with torch.no_grad():
        logits: np.ndarray = network(torch.from_numpy(inputs)).numpy()
    return logits


def probabilities_of(shape: Shape, numbers: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return their softmax (n, n_classes), in double precision."""
    logits = torch.from_numpy(logits_of(shape, numbers, inputs))
    return torch.softmax(logits.double(), 1).numpy()
