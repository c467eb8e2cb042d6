"""The camera: a real film through the real OpenCV, and one that is pulled out, at OpenCV's own boundary."""

import sys
import types

import numpy as np
import pytest
from audio_rig import until
from camera_rig import film  # noqa: F401, a fixture

from livegen.clock import SystemClock
from livegen.controls.camera import Camera
from livegen.errors import DoorMissing, LivegenError

CLOCK = SystemClock()


def levels(pictures):
    return {int(round(float(picture.mean()) / 20) * 20) for picture in pictures}


def test_a_film_is_shown_in_its_own_time_again_and_again_and_mirrored(film):  # noqa: F811
    pytest.importorskip("cv2")
    pictures, clock = [], CLOCK.now()
    camera = Camera(pictures.append, CLOCK)
    camera.look(film, fps=60)
    until(lambda: len(levels(pictures)) >= 3 and len(pictures) > 24)
    camera.close()
    assert CLOCK.now() - clock > 0.9
    assert (64, 96, 3) == pictures[0].shape and pictures[0].dtype == np.uint8
    assert pictures[0][:, 48:].mean() < 20 < pictures[0][:, :48].mean()


class OpenCV(types.ModuleType):
    """As much of cv2 as a camera needs; ``there`` is whether it is plugged in."""

    CAP_PROP_FPS, CAP_PROP_BUFFERSIZE, CAP_PROP_POS_FRAMES, COLOR_BGR2RGB, COLOR_GRAY2RGB = range(5)

    def __init__(self):
        super().__init__("cv2")
        self.there, self.opened = True, 0
        outer = self

        class VideoCapture:
            def __init__(self, source):
                self.source = source
                outer.opened += 1

            def isOpened(self):
                return outer.there

            def get(self, what):
                return 30.0

            def set(self, what, value):
                return True

            def grab(self):
                return outer.there

            def retrieve(self):
                return True, np.full((4, 6, 3), (10, 20, 30), np.uint8)

            def release(self):
                pass

        self.VideoCapture = VideoCapture

    @staticmethod
    def cvtColor(picture, how):
        return picture[..., ::-1]


def test_a_camera_that_is_pulled_out_is_found_again(monkeypatch):
    monkeypatch.setattr("livegen.controls.pursuit.RETRY", 0.05)
    cv2 = OpenCV()
    monkeypatch.setitem(sys.modules, "cv2", cv2)
    pictures = []
    camera = Camera(pictures.append, CLOCK)
    camera.look(0, fps=200)
    until(lambda: len(pictures) > 3)
    assert [30, 20, 10] == pictures[0][0, 0].tolist()
    cv2.there = False
    until(lambda: "the camera 0" in camera.problem)
    before = len(pictures)
    cv2.there = True
    until(lambda: len(pictures) > before + 3)
    assert "" == camera.problem and cv2.opened >= 2
    camera.close()


def test_pictures_are_shown_as_often_as_is_wished(monkeypatch):
    cv2 = OpenCV()
    monkeypatch.setitem(sys.modules, "cv2", cv2)
    pictures = []
    camera = Camera(lambda pixels: pictures.append(CLOCK.now()), CLOCK)
    camera.look(0, fps=20)
    until(lambda: len(pictures) > 10)
    camera.close()
    assert np.mean(np.diff(pictures[:10])) > 0.045


def test_without_the_extra_the_line_to_install_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    camera = Camera(lambda pixels: None, CLOCK)
    camera.look(0)
    until(lambda: "pip install 'livegen[camera]'" in camera.problem)
    camera.close()
    assert issubclass(DoorMissing, LivegenError)
