"""The drawing of the back: where the spine's bones lie on it, and so where points lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

# In units of the drawing. Its spine runs down x = 210; 1.5 cun is 31 units, as 3 cun is the way
# from the spine to the inner edge of the shoulder blade. Source: WHO point locations, 2008.
MIDLINE = 210
UNITS_A_CUN = 31 / 1.5


@dataclass(frozen=True)
class Vertebra:
    """One bone of the spine; `lower` is the height of the lower edge of its bony tip."""

    name: str
    y: float
    height: float
    width: float
    lower: float
    has_point: bool = False


@dataclass(frozen=True)
class PointPair:
    """A point on the left and on the right, level with a vertebra."""

    code: str
    names: str
    level: str
    y: float
    left: float
    right: float

    @property
    def text_y(self) -> float:
        """Return the base line of the words beside the point."""
        return self.y + 6.5


@dataclass(frozen=True)
class BackDiagram:
    """All that the drawing takes from data."""

    vertebrae: tuple[Vertebra, ...]
    points: tuple[PointPair, ...]

    @property
    def description(self) -> str:
        """Return the drawing in words: UB13 (BL13) level with T3 and UB23 (BL23) level with L2."""
        words = [f"{point.names} level with {point.level}" for point in self.points]
        return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def _spine() -> dict[str, Vertebra]:
    bones = [Vertebra("C7", 92, 8.5, 6, 100)]
    for number in range(1, 13):
        y = 117.5 + 25.5 * (number - 1)
        bones.append(Vertebra(f"T{number}", y, 8.5, 6, y + 8))
    for number in range(1, 6):
        y = 431 + 33 * (number - 1)
        bones.append(Vertebra(f"L{number}", y, 11, 7, y + 10))
    return {bone.name: bone for bone in bones}


SPINE = _spine()


def top_down[P: Mapping[str, Any]](points: Iterable[P]) -> tuple[P, ...]:
    """Return the frozen acupoints in the order of the spine; those without a place come last."""
    order = {name: place for place, name in enumerate(SPINE)}
    last = len(order)
    return tuple(sorted(points, key=lambda point: order.get(point["level_with"].upper(), last)))


def back_diagram(points: Iterable[Mapping[str, Any]]) -> BackDiagram | None:
    """Return the drawing of the frozen acupoints, from the top down; None if none lies on it."""
    pairs = []
    for point in points:
        bone = SPINE.get(point["level_with"].upper())
        if bone is None or point["midline_cun"] is None:
            continue
        offset = round(point["midline_cun"] * UNITS_A_CUN, 1)
        code, who_code = point["other_code"] or point["who_code"], point["who_code"]
        pairs.append(
            PointPair(
                code=code,
                names=code if code == who_code else f"{code} ({who_code})",
                level=bone.name,
                y=bone.lower,
                left=MIDLINE - offset,
                right=MIDLINE + offset,
            )
        )
    if not pairs:
        return None
    levels = {pair.level for pair in pairs}
    vertebrae = tuple(replace(bone, has_point=bone.name in levels) for bone in SPINE.values())
    return BackDiagram(vertebrae, tuple(sorted(pairs, key=lambda pair: pair.y)))
