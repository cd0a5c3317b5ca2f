from typing import Any

import pytest
import torch

from adgan.errors import AdganError
from adgan.system.device import choose_device, in_bfloat16


def test_the_cpu_is_always_there() -> None:
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("auto").type in ("cpu", "cuda", "mps")


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(AdganError, match="device cuda is not available.*`device=auto`"):
        choose_device("cuda")


@pytest.mark.parametrize(
    ("device", "has", "precision", "few"),
    [
        ("cpu", {"amx_bf16": True}, "auto", True),
        ("cpu", {"amx_bf16": False}, "auto", False),
        ("cpu", {"avx512_bf16": True}, "auto", True),
        ("cpu", {"avx512_f": True}, "auto", False),
        ("cuda", {"amx_bf16": True}, "auto", False),
        ("cpu", {"amx_bf16": True}, "float32", False),
        ("cpu", {}, "bfloat16", True),
    ],
)
def test_few_bits_are_for_processors_with_units_for_them(
    monkeypatch: pytest.MonkeyPatch, device: str, has: dict[str, bool], precision: Any, few: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has, raising=False)
    assert in_bfloat16(torch.device(device), precision) is few


def test_before_torch_told_what_a_processor_has_all_bits_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not in_bfloat16(torch.device("cpu"))
