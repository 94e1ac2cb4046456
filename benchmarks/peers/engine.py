"""The engines of this project, as a job of a study starts them."""

from __future__ import annotations

from measuring.engine import Block, begin
from protocol import Job, Losses, serve


class Engine:
    """The seeds, in a block or one after the other, as the engine takes them."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.blocks: list[Block] = []

    def reset(self) -> None:
        """Start the trainings again; they draw the same initial weights each time."""
        job = self.job
        parameters = {
            "depth": job.depth,
            "width": job.width,
            "batch_size": job.batch_size,
            "batch_norm": job.batch_norm,
            "learning_rate": job.learning_rate,
            "epochs": 1,
        }
        self.blocks = begin(
            job.engine, parameters, job.folder, threads=job.threads, seeds=job.seeds
        )

    def epoch(self) -> Losses:
        """Train an epoch of all seeds and evaluate it; return the losses of their steps."""
        for block in self.blocks:
            block.advance()
        replicates = [replicate for block in self.blocks for replicate in block.replicates()]
        return [replicate.tables["batches"]["loss"].tolist() for replicate in replicates]


if __name__ == "__main__":
    serve(Engine)
