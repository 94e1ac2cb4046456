"""Which GPUs this process may use, found without importing torch or starting CUDA.

CUDA reads CUDA_VISIBLE_DEVICES once, when it starts, so devices have to be counted by something
else before one is chosen. `torch.cuda.device_count` starts CUDA where there are MIG instances, and
costs an import of torch; NVML, the library that nvidia-smi is made of, comes with the driver, and
names the devices by UUID.
"""

from __future__ import annotations

import os
import re

from gridproof.errors import GridproofError
from gridproof.run.devices.hardware import Device, Machine

VISIBLE = "CUDA_VISIBLE_DEVICES"
SIMULATED = "GRIDPROOF_DEVICES"
"""Names of devices that do not exist, in place of those of the machine: for tests."""
NONE_VISIBLE = ("", "-1", "NoDevFiles")
NAMES = re.compile(r"\d+|cuda:\d+|(?:GPU|MIG)-[A-Za-z0-9/-]+")


def find_devices() -> tuple[Device, ...]:
    """Return the devices that this process may use, none on a machine without GPUs.

    CUDA_VISIBLE_DEVICES is honoured: indices (as nvidia-smi counts) or UUIDs and what begins one,
    up to a -1 as CUDA has it. An index or UUID of a GPU that is divided (MIG) means its instances.

    Raises
    ------
    GridproofError : CUDA_VISIBLE_DEVICES or GRIDPROOF_DEVICES cannot be understood, or names what
        does not exist; or the driver is there and cannot be asked.
    """
    wanted = visible_names(os.environ.get(VISIBLE))
    if wanted == ():
        return ()
    machine = machine_devices()
    if wanted is None or not machine:
        return tuple(device for devices in machine.values() for device in devices)
    chosen = [device for name in wanted for device in devices_named(name, machine)]
    if len(set(chosen)) < len(chosen):
        raise GridproofError(
            f"{VISIBLE}={os.environ[VISIBLE]!r}: found a device twice, expected each once"
        )
    return tuple(chosen)


def visible_names(value: str | None) -> tuple[str, ...] | None:
    """Return the names in the value of CUDA_VISIBLE_DEVICES; None if it restricts nothing."""
    if value is None:
        return None
    if value.strip() in NONE_VISIBLE:
        return ()
    names: list[str] = []
    for name in (part.strip() for part in value.split(",")):
        if name == "-1":
            break
        if not NAMES.fullmatch(name):
            raise GridproofError(
                f"{VISIBLE}={value!r}: found {name!r}, expected indices (0,1,...) or UUIDs "
                "(GPU-..., MIG-...) separated by commas, or nothing for no GPU"
            )
        names.append(name)
    return tuple(names)


def devices_named(name: str, machine: Machine) -> tuple[Device, ...]:
    """Return the devices that one name of CUDA_VISIBLE_DEVICES means."""
    groups = list(machine.values())
    if name.isdecimal():
        if int(name) < len(groups):
            return groups[int(name)]
        matches: list[tuple[Device, ...]] = []
    else:
        matches = [devices for uuid, devices in machine.items() if uuid.startswith(name)]
        instances = [device for devices in groups for device in devices]
        matches += [
            (device,)
            for device in instances
            if device.identifier not in machine and device.identifier.startswith(name)
        ]
        exact = [devices for devices in matches if devices[0].identifier == name]
        matches = exact or matches
    if len(matches) == 1:
        return matches[0]
    what = f"means {len(matches)} devices" if matches else "is no device of this machine"
    raise GridproofError(
        f"{VISIBLE}={os.environ.get(VISIBLE)!r}: {name!r} {what}; "
        f"expected an index below {len(groups)} or one of: {', '.join(machine)}"
    )


def machine_devices() -> Machine:
    """Return all devices of the machine, or those that GRIDPROOF_DEVICES simulates."""
    simulated = os.environ.get(SIMULATED)
    if simulated is not None:
        return simulated_devices(simulated)
    from gridproof.run.devices.nvml import driver_devices

    return driver_devices()


def simulated_devices(value: str) -> Machine:
    """Return the devices that GRIDPROOF_DEVICES names: `cuda:0,cuda:1`; none if it is empty."""
    names = [part.strip() for part in value.split(",")] if value.strip() else []
    odd = [name for name in names if not re.fullmatch(r"cuda:\d+", name)]
    if odd or len(set(names)) < len(names):
        raise GridproofError(
            f"{SIMULATED}={value!r}: found {odd[0] if odd else 'a name twice'!r}, "
            "expected different names such as cuda:0,cuda:1"
        )
    return {name: (Device(identifier=name, name="simulated"),) for name in names}
