"""Which GPUs a process may use: what the driver says, as CUDA_VISIBLE_DEVICES restricts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pynvml
import pytest

from gridproof.errors import GridproofError
from gridproof.run.devices import find_devices
from run.fake_nvml import FakeNvml, Handle

VISIBLE, SIMULATED = "CUDA_VISIBLE_DEVICES", "GRIDPROOF_DEVICES"
FOUR = "cuda:0,cuda:1,cuda:2,cuda:3"
Machine = Callable[..., FakeNvml]
H100 = "NVIDIA H100 80GB HBM3"
FIRST, SECOND, THIRD = (
    "GPU-1a2b0000-0000-0000-0000-000000000001",
    "GPU-1a2c0000-0000-0000-0000-000000000002",
    "GPU-9f000000-0000-0000-0000-000000000003",
)
GPUS = (
    Handle(FIRST, H100, 81559),
    Handle(SECOND, "NVIDIA GeForce RTX 4090", 24564),
    Handle(THIRD, "NVIDIA GB10", None),
)
INSTANCES = (
    Handle("MIG-aa000000-0000-0000-0000-000000000001", f"{H100} MIG 3g.40gb", 40448),
    None,
    Handle("MIG-ab000000-0000-0000-0000-000000000002", f"{H100} MIG 1g.10gb", 9984),
)
DIVIDED = (
    Handle(FIRST, H100, 81559, instances=INSTANCES),
    Handle(SECOND, H100, 81559),
    Handle(THIRD, H100, 81559, instances=(None, None)),
)


@pytest.mark.parametrize(
    ("visible", "message"),
    [
        ("one", "found 'one', expected indices"),
        ("[0,1]", r"found '\[0', expected indices"),
        ("0,,1", "found '', expected indices"),
        ("0;1", "found '0;1'"),
        ("-2", "found '-2'"),
        ("0,1,0", "found a device twice"),
        ("4", "'4' is no device of this machine; expected an index below 4"),
        ("GPU-0a", "'GPU-0a' is no device"),
    ],
)
def test_odd_values_of_the_visible_devices_are_refused(
    visible: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has the variable, what was found and what was expected."""
    monkeypatch.setenv(SIMULATED, FOUR)
    monkeypatch.setenv(VISIBLE, visible)
    with pytest.raises(GridproofError, match=f"CUDA_VISIBLE_DEVICES=.*{message}"):
        find_devices()


@pytest.mark.parametrize("simulated", ["4", "cuda:0,cuda:0", "cuda:0,,cuda:1", "gpu0"])
def test_odd_values_of_the_simulation_are_refused(
    simulated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only different names such as cuda:0 are devices."""
    monkeypatch.setenv(SIMULATED, simulated)
    with pytest.raises(GridproofError, match=r"GRIDPROOF_DEVICES=.*found .*, expected"):
        find_devices()


@pytest.mark.parametrize(
    ("visible", "last_digits"),
    [
        (None, "123"),
        ("0", "1"),
        ("2, 0", "31"),
        ("1,-1,0", "2"),
        ("GPU-9f", "3"),
        ("GPU-1a2c0000-0000-0000-0000-000000000002,0", "21"),
    ],
)
def test_gpus_are_found_by_index_and_uuid(
    visible: str | None, last_digits: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indices count as nvidia-smi does; the beginning of a UUID is enough."""
    machine(GPUS)
    if visible is not None:
        monkeypatch.setenv(VISIBLE, visible)
    assert "".join(device.identifier[-1] for device in find_devices()) == last_digits


def test_gpus_have_name_and_memory(machine: Machine) -> None:
    """Memory in MiB, where it is told."""
    machine(GPUS)
    found = [(device.name, device.memory) for device in find_devices()]
    assert found == [
        ("NVIDIA H100 80GB HBM3", 81559),
        ("NVIDIA GeForce RTX 4090", 24564),
        ("NVIDIA GB10", None),
    ]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, ["MIG-aa", "MIG-ab", "GPU-1a2c"]),
        ("0", ["MIG-aa", "MIG-ab"]),
        ("MIG-ab000000-0000-0000-0000-000000000002", ["MIG-ab"]),
        ("MIG-aa,1", ["MIG-aa", "GPU-1a2c"]),
        ("2", []),
    ],
)
def test_instances_of_a_divided_gpu_are_devices(
    visible: str | None, expected: list[str], machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A divided GPU counts as its instances; one that has none cannot be used."""
    machine(DIVIDED)
    if visible is not None:
        monkeypatch.setenv(VISIBLE, visible)
    found = [device.identifier for device in find_devices()]
    assert [name.partition("0000")[0] for name in found] == expected


@pytest.mark.parametrize("visible", ["GPU-1a2", "MIG-a"])
def test_beginning_of_two_uuids_is_refused(
    visible: str, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not clear which of the two is meant."""
    machine(DIVIDED)
    monkeypatch.setenv(VISIBLE, visible)
    with pytest.raises(GridproofError, match=f"'{visible}' means 2 devices"):
        find_devices()


def test_instances_have_name_and_memory(machine: Machine) -> None:
    """Their own, not those of the GPU that they are part of."""
    machine(DIVIDED)
    found = [(device.name, device.memory) for device in find_devices()[:2]]
    assert found == [(f"{H100} MIG 3g.40gb", 40448), (f"{H100} MIG 1g.10gb", 9984)]


def test_gpus_of_other_jobs_do_not_count(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler may keep some from this job; indices count those that are left, as in CUDA."""
    machine((replace(GPUS[0], hidden=True), *GPUS[1:]))
    assert [device.identifier for device in find_devices()] == [SECOND, THIRD]
    monkeypatch.setenv(VISIBLE, "1")
    assert [device.identifier for device in find_devices()] == [THIRD]


@pytest.mark.parametrize(
    "failure", [pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, pynvml.NVML_ERROR_DRIVER_NOT_LOADED]
)
def test_library_without_a_driver_means_no_gpu(failure: int, machine: Machine) -> None:
    """NVML is often installed where there is no GPU, or not there at all: that is all right."""
    machine(failure=failure, driver=False)
    assert find_devices() == ()


def test_driver_without_devices_means_no_gpu(machine: Machine) -> None:
    """A container that was given none."""
    machine()
    assert find_devices() == ()


def test_hidden_gpus_are_not_asked_for(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no device visible even a broken driver is no error."""
    machine(failure=pynvml.NVML_ERROR_UNKNOWN)
    monkeypatch.setenv(VISIBLE, "")
    assert find_devices() == ()


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "RM has detected an NVML/RM version mismatch."),
        (pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, "NVML Shared Library Not Found"),
        (pynvml.NVML_ERROR_GPU_IS_LOST, "GPU is lost"),
    ],
)
def test_driver_that_does_not_answer_is_an_error(
    failure: int, reason: str, machine: Machine
) -> None:
    """Silently computing on the CPU would hide that the driver, or what asks it, is broken."""
    machine(failure=failure)
    with pytest.raises(GridproofError, match=rf"there is an NVIDIA driver .*: {reason}; mend that"):
        find_devices()


def test_gpu_that_is_lost_is_an_error(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever NVML answers about one of the GPUs, none of it is left out in silence."""
    machine(GPUS)

    def lost(_handle: Handle) -> str:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)

    monkeypatch.setattr(pynvml, "nvmlDeviceGetUUID", lost)
    with pytest.raises(GridproofError, match="GPU is lost; mend that, or set CUDA_VISIBLE_DEVICES"):
        find_devices()


def test_looking_for_devices_imports_no_torch_and_asks_only_where_it_must() -> None:
    """No import of torch; and none of pynvml, which takes a while, where none is visible."""
    script = (
        "import sys; from gridproof.run.devices import find_devices; find_devices(); "
        "print('torch' in sys.modules, 'pynvml' in sys.modules)"
    )
    for value, asked in ((None, True), ("", False)):
        variables = os.environ | ({} if value is None else {VISIBLE: value})
        result = subprocess.run(
            [sys.executable, "-c", script], env=variables, capture_output=True, check=True
        )
        assert result.stdout.decode().split() == ["False", str(asked)]
