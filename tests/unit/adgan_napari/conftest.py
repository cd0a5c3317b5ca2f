"""Layers as napari has them, without napari."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest


@dataclass
class FakeLayer:
    """What the plugin's plain functions ask of a layer."""

    data: Any
    name: str = "cells"
    scale: Any = None
    units: Any = None
    axis_labels: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    features: Any = field(default_factory=dict)
    selected_label: int = 1

    def __post_init__(self):
        ndim = self.data.ndim
        self.scale = np.ones(ndim) if self.scale is None else np.asarray(self.scale, float)
        self.units = self.units or ("pixel",) * ndim
        self.axis_labels = self.axis_labels or tuple(str(i) for i in range(-ndim, 0))

    def data_setitem(self, where, values):
        self.data[where] = values


@pytest.fixture
def layer():
    """Make a layer."""
    return FakeLayer
