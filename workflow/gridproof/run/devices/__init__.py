"""The GPUs of this machine: which there are, and a lease that gives each job its own."""

from gridproof.run.devices.discovery import find_devices
from gridproof.run.devices.hardware import CPU, Device
from gridproof.run.devices.lease import lease_state, leased_device, locks_folder
from gridproof.run.devices.slots import default_gpu_slots

__all__ = [
    "CPU",
    "Device",
    "default_gpu_slots",
    "find_devices",
    "lease_state",
    "leased_device",
    "locks_folder",
]
