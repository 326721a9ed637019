"""What every page's frame asks: whether the data are a demonstration's."""

from minzheng.core.indicators import reads as indicators


def demonstration() -> bool:
    """Whether the register was made up (演示)."""
    return indicators.made_up()
