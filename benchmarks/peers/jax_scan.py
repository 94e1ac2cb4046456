"""JAX: `scan` over the steps, `vmap` over the seeds, all of an epoch in one `jit`."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array, lax
from protocol import Given, Job, Losses, read_given, serve

EPS, MOMENTUM = 1e-5, 0.1
Weights = dict[str, Array]


def batch_norm(x: Array, layer: int, weights: Weights, running: Weights) -> tuple[Array, Weights]:
    """Normalise x (n, width) over the samples; return it and the running statistics after it."""
    n = x.shape[0]
    mean, variance = x.mean(0), x.var(0)
    new = {f"mean.{layer}": mean, f"var.{layer}": variance * (n / (n - 1))}
    updated = {name: (1 - MOMENTUM) * running[name] + MOMENTUM * new[name] for name in new}
    normal = (x - mean) * lax.rsqrt(variance + EPS)
    return normal * weights[f"gamma.{layer}"] + weights[f"beta.{layer}"], updated


def loss_of(weights: Weights, running: Weights, x: Array, y: Array, job: Job) -> Any:
    """Return the mean cross-entropy of a batch in nats, and the running statistics after it."""
    updated: Weights = {}
    for layer in range(job.depth):
        x = x @ weights[f"weight.{layer}"].T + weights[f"bias.{layer}"]
        if job.batch_norm:
            x, new = batch_norm(x, layer, weights, running)
            updated |= new
        x = jax.nn.relu(x)
    logits = x @ weights[f"weight.{job.depth}"].T + weights[f"bias.{job.depth}"]
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1)
    return -chosen.mean(), updated


def epoch_of(weights: Weights, order: Array, features: Array, labels: Array, job: Job) -> Any:
    """Train one seed on its order of the samples; return its losses and what it has become."""
    gradient = jax.value_and_grad(partial(loss_of, job=job), has_aux=True)

    def step(state: tuple[Weights, Weights], batch: Array) -> Any:
        weights, running = state
        (loss, running), slopes = gradient(weights, running, features[batch], labels[batch])
        weights = jax.tree.map(lambda w, slope: w - job.learning_rate * slope, weights, slopes)
        return (weights, running), loss

    state, losses = lax.scan(step, (weights, running_start(job)), order)
    return losses, state


def running_start(job: Job) -> Weights:
    """Return the running statistics of an untrained network."""
    if not job.batch_norm:
        return {}
    means = {f"mean.{layer}": jnp.zeros(job.width) for layer in range(job.depth)}
    return means | {f"var.{layer}": jnp.ones(job.width) for layer in range(job.depth)}


class JaxScan:
    """All seeds in one call."""

    def __init__(self, job: Job, given: Given) -> None:
        self.weights = {name: jnp.asarray(value) for name, value in given.weights.items()}
        if job.batch_norm:
            shape = (len(job.seeds), job.width)
            for layer in range(job.depth):
                self.weights[f"gamma.{layer}"] = jnp.ones(shape)
                self.weights[f"beta.{layer}"] = jnp.zeros(shape)
        self.orders = jnp.asarray(given.orders.reshape(len(job.seeds), -1, job.batch_size))
        self.data = jnp.asarray(given.features), jnp.asarray(given.labels)
        self.all_seeds = jax.jit(jax.vmap(partial(epoch_of, job=job), in_axes=(0, 0, None, None)))

    def reset(self) -> None:
        """Nothing is kept between calls: `epoch` starts from the initial weights."""

    def epoch(self) -> Losses:
        """Train an epoch of all seeds; return the losses of their steps."""
        losses, _ = jax.block_until_ready(self.all_seeds(self.weights, self.orders, *self.data))
        return losses.tolist()


def prepare(job: Job) -> JaxScan:
    """Return the compiled function for a job; the number of its threads is set from outside."""
    return JaxScan(job, read_given(job))


if __name__ == "__main__":
    serve(prepare)
