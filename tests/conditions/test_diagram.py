import pytest

from conditions.diagram import SPINE, back_diagram, top_down


def point(level="T3", cun=1.5, code="UB13", who_code="BL13"):
    return {"level_with": level, "midline_cun": cun, "other_code": code, "who_code": who_code}


def test_spine_has_its_bones_from_the_top_down():
    heights = [bone.lower for bone in SPINE.values()]

    assert list(SPINE) == ["C7", *(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6))]
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("level", "y"), [("T3", 176.5), ("t9", 329.5), ("T11", 380.5), ("L2", 474.0)]
)
def test_point_lies_at_the_lower_edge_of_its_vertebra(level, y):
    (pair,) = back_diagram([point(level)]).points

    assert (pair.y, pair.left, pair.right, pair.text_y) == (y, 179.0, 241.0, y + 6.5)


def test_point_lies_as_far_out_as_its_cun():
    (pair,) = back_diagram([point(cun=3)]).points

    assert (pair.left, pair.right) == (148.0, 272.0)


def test_points_are_described_from_the_top_down():
    low, high = point("L2", code="UB23", who_code="BL23"), point("T3")
    unnamed = point("T4", code="", who_code="BL14")

    diagram = back_diagram([low, high, unnamed])

    assert diagram.description == (
        "UB13 (BL13) level with T3, BL14 level with T4 and UB23 (BL23) level with L2"
    )


def test_points_stand_in_the_order_of_the_spine():
    low, high, elsewhere = point("L2"), point("t3"), point("")

    assert top_down([low, elsewhere, high]) == (high, low, elsewhere)


def test_one_point_is_described_alone():
    assert back_diagram([point()]).description == "UB13 (BL13) level with T3"


def test_vertebrae_with_points_are_marked():
    diagram = back_diagram([point("T3"), point("L2")])

    assert [bone.name for bone in diagram.vertebrae if bone.has_point] == ["T3", "L2"]


@pytest.mark.parametrize("off", [point(level=""), point(level="T44"), point(cun=None)])
def test_point_without_a_place_on_the_back_is_not_drawn(off):
    assert back_diagram([off]) is None
