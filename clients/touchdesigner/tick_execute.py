# Callback of the Execute DAT: the component's heartbeat.


def onFrameEnd(frame):
    parent().OnFrameEnd()
    return
