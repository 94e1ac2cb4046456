"""NVML without a driver: what it says of GPUs that a test makes up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import pynvml
import pytest


@dataclass(frozen=True)
class Handle:
    """A GPU or an instance as NVML knows it; memory in MiB, None where it tells none."""

    uuid: str
    name: str
    memory: int | None
    instances: tuple[Handle | None, ...] | None = None
    """By index, None where there is none; None for a GPU that is not divided."""
    hidden: bool = False
    """Whether this process has no right to it."""


class FakeNvml:
    """The functions of NVML that are called, for a machine with these GPUs."""

    def __init__(self, gpus: Sequence[Handle], failure: int | None) -> None:
        self.gpus, self.failure = gpus, failure
        self.started = 0

    def init(self) -> None:
        """Start, or fail as the driver does."""
        if self.failure is not None:
            raise pynvml.NVMLError(self.failure)
        self.started += 1

    def shutdown(self) -> None:
        """End what `init` started."""
        self.started -= 1

    def get_count(self) -> int:
        """Return the number of GPUs, with those that may not be used."""
        assert self.started
        return len(self.gpus)

    def get_handle_by_index(self, index: int) -> Handle:
        """Return a GPU."""
        gpu = self.gpus[index]
        if gpu.hidden:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NO_PERMISSION)
        return gpu

    def get_mig_mode(self, gpu: Handle) -> list[int]:
        """Return whether a GPU is divided, now and after the next reset."""
        if gpu.memory is None:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return [int(gpu.instances is not None), 0]

    def get_max_mig_device_count(self, gpu: Handle) -> int:
        """Return the number of instances that there may be."""
        return len(gpu.instances or ())

    def get_mig_device_handle_by_index(self, gpu: Handle, index: int) -> Handle:
        """Return an instance."""
        instance = (gpu.instances or ())[index]
        if instance is None:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return instance

    def get_memory_info(self, handle: Handle) -> SimpleNamespace:
        """Return how much memory there is, in bytes."""
        if handle.memory is None:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return SimpleNamespace(total=handle.memory * 2**20 + 1)

    def get_uuid(self, handle: Handle) -> str:
        """Return the UUID of a GPU or instance."""
        return handle.uuid

    def get_name(self, handle: Handle) -> str:
        """Return the model."""
        return handle.name

    def replace_the_library(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let pynvml answer for this machine."""
        for name, function in (
            ("nvmlInit", self.init),
            ("nvmlShutdown", self.shutdown),
            ("nvmlDeviceGetCount", self.get_count),
            ("nvmlDeviceGetHandleByIndex", self.get_handle_by_index),
            ("nvmlDeviceGetMigMode", self.get_mig_mode),
            ("nvmlDeviceGetMaxMigDeviceCount", self.get_max_mig_device_count),
            ("nvmlDeviceGetMigDeviceHandleByIndex", self.get_mig_device_handle_by_index),
            ("nvmlDeviceGetMemoryInfo", self.get_memory_info),
            ("nvmlDeviceGetUUID", self.get_uuid),
            ("nvmlDeviceGetName", self.get_name),
        ):
            monkeypatch.setattr(pynvml, name, function)
