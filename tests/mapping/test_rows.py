"""The rows that the stage adds to every generator."""

from mapping_rig import MAIN

from livegen.mapping.rows import motion_params, stage_params
from livegen.params import READ


def test_every_row_lies_under_its_instance_and_says_what_it_is_for():
    rows = stage_params(MAIN, 16, ["a", "b"], seed=7)
    assert all(row.address.startswith(MAIN + "/") and row.description for row in rows)
    assert len(rows) == len({row.address for row in rows})


def test_the_whole_namespace_is_there():
    names = {row.address.removeprefix(MAIN + "/") for row in stage_params(MAIN, 16)}
    wanted = "z xy seed randomize reset freeze tour presets/entries presets/save presets/load presets/delete "
    wanted += (
        "presets/morph presets/weights presets/current params/speed params/gain params/walk params/glide"
    )
    assert set(wanted.split()) <= names


def test_the_rows_say_what_the_patch_says():
    rows = {row.address: row for row in stage_params(MAIN, 24, ["a", "b"], seed=7)}
    assert (24, 7, "a,b") == (
        rows[f"{MAIN}/z"].size,
        rows[f"{MAIN}/seed"].default,
        rows[f"{MAIN}/presets/entries"].default,
    )
    assert READ == rows[f"{MAIN}/presets/entries"].access


def test_speeds_are_rates():
    """So that turning them never makes the picture jump."""
    assert {"speed", "walk_speed"} == {row.address for row in motion_params() if row.rate}


def test_only_what_can_be_explored_by_eye_has_the_explorer():
    """Pictures; text and drawings have a latent too, and no nine pictures to choose from."""
    explored, not_explored = (
        {row.address for row in stage_params(MAIN, 16, explored=each) if "/explore/" in row.address} for each in (True, False)
    )
    assert {f"{MAIN}/explore/{name}" for name in ("next", "pick", "back", "keep", "round", "picked")} == explored
    assert set() == not_explored
