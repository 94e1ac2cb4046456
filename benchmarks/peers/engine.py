"""The engines of this project, as a job of a study starts them; the seeds of a block together."""

from __future__ import annotations

from typing import Any

from protocol import Job, Losses, serve

from gridproof.parts.families.mlp import MlpParameters, start

ENGINES = {"native": "eager", "torch": "eager"}
"""Engines by the name that the table has for them."""


class Engine:
    """A block of seeds."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.training: Any = None

    def reset(self) -> None:
        """Start the training again; it draws the initial weights itself, the same each time."""
        self.training = start(
            parameters=MlpParameters.model_validate(
                {
                    "depth": self.job.depth,
                    "width": self.job.width,
                    "batch_size": self.job.batch_size,
                    "batch_norm": self.job.batch_norm,
                    "learning_rate": self.job.learning_rate,
                    "epochs": 1,
                }
            ),
            data=self.job.folder,
            engine=ENGINES[self.job.engine],
            threads=self.job.threads,
            seeds=self.job.seeds,
        )

    def epoch(self) -> Losses:
        """Train an epoch of the block and evaluate it; return the losses of its steps."""
        self.training.advance()
        tables = [self.training.replicate(seed).tables for seed in self.job.seeds]
        return [table["batches"]["loss"].tolist() for table in tables]


if __name__ == "__main__":
    serve(Engine)
