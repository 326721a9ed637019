"""The subjects of this installation. Core knows them by these manifests only."""

from importlib import import_module
from importlib.util import find_spec

from minzheng.kernel.module import Module, registry

NAMES = ("minzheng.core.areas.module", "minzheng.domains.assistance.module")
MODULES: tuple[Module, ...] = tuple(import_module(name).MODULE for name in NAMES if find_spec(name))


def register() -> None:
    """Register every subject; an incomplete manifest or a cycle is refused here, before any work."""
    for module in MODULES:
        registry.register(module)
    registry.programmes()
