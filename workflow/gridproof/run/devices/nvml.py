"""What the NVIDIA driver says about its GPUs, asked through NVML.

Importing this costs 0.1 s, for the classes of pynvml: import it only to ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pynvml

from gridproof.errors import GridproofError
from gridproof.run.devices.hardware import Device, Machine

DRIVER = Path("/dev/nvidiactl")
"""There where the driver is loaded and this container, if it is one, was given GPUs."""
BYTES_OF_MIB = 2**20


def driver_devices() -> Machine:
    """Return the devices that the driver lets this process use; none where there is no driver.

    Raises
    ------
    GridproofError : there is a driver that NVML cannot ask: going on without GPUs would hide this,
        going on with them would give two jobs the same one.
    """
    try:
        pynvml.nvmlInit()
        try:
            return dict(devices_by_gpu())
        finally:
            pynvml.nvmlShutdown()
    except pynvml.NVMLError as error:
        # the library is often installed where there is no GPU: then it fails, and that is all right
        if not DRIVER.exists():
            return {}
        raise GridproofError(
            f"there is an NVIDIA driver ({DRIVER}), but NVML cannot ask it: {error}; "
            "mend that, or set CUDA_VISIBLE_DEVICES= (to nothing) to compute on the CPU"
        ) from error


def devices_by_gpu() -> Iterator[tuple[str, tuple[Device, ...]]]:
    """Yield the UUID of each GPU, and its devices; between nvmlInit and nvmlShutdown."""
    for index in range(pynvml.nvmlDeviceGetCount()):
        try:
            gpu = pynvml.nvmlDeviceGetHandleByIndex(index)
        except pynvml.NVMLError_NoPermission:
            continue  # a scheduler keeps it from this job, and CUDA does not count it either
        found = device_of(gpu)
        yield found.identifier, tuple(mig_instances(gpu)) if is_divided(gpu) else (found,)


def is_divided(gpu: Any) -> bool:
    """Tell whether a GPU is divided into MIG instances, by its handle."""
    try:
        now, _after_a_reset = pynvml.nvmlDeviceGetMigMode(gpu)
    except (pynvml.NVMLError_NotSupported, pynvml.NVMLError_FunctionNotFound):
        return False  # a GPU, or a driver, that cannot divide
    return bool(now == pynvml.NVML_DEVICE_MIG_ENABLE)


def mig_instances(gpu: Any) -> Iterator[Device]:
    """Yield the MIG instances of a divided GPU, by its handle; there may be none."""
    for index in range(pynvml.nvmlDeviceGetMaxMigDeviceCount(gpu)):
        try:
            instance = pynvml.nvmlDeviceGetMigDeviceHandleByIndex(gpu, index)
        except pynvml.NVMLError_NotFound:
            continue  # there may be as many instances as indices, but need not
        yield device_of(instance)


def device_of(handle: Any) -> Device:
    """Return what the driver says of a GPU or of an instance, by its handle."""
    try:
        memory = pynvml.nvmlDeviceGetMemoryInfo(handle).total // BYTES_OF_MIB
    except pynvml.NVMLError_NotSupported:
        memory = None  # one that has none of its own and uses the CPU's
    return Device(
        identifier=pynvml.nvmlDeviceGetUUID(handle),
        name=pynvml.nvmlDeviceGetName(handle),
        memory=memory,
    )
