"""The engines of this project, as a job of a study starts them."""

from __future__ import annotations

from measuring.engine import Trained, begin
from protocol import Job, Losses, serve


class Engine:
    """The seeds, one after the other."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.trainings: list[Trained] = []

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
        self.trainings = begin(job.engine, parameters, job.folder, seeds=job.seeds)

    def epoch(self) -> Losses:
        """Train an epoch of all seeds and evaluate it; return the losses of their steps."""
        for training in self.trainings:
            training.advance()
        tables = [training.replicate().tables for training in self.trainings]
        return [table["batches"]["loss"].tolist() for table in tables]


if __name__ == "__main__":
    serve(Engine)
