# Callbacks of the Script TOP: at most one upload per cook, always the newest picture.

try:
    wire = mod.livegen_wire
except NameError:  # outside TouchDesigner
    import livegen_wire as wire


def onSetupParameters(scriptOp):
    return


def onPulse(par):
    return


def onCook(scriptOp):
    frame = parent().TakeFrame()
    if frame is None:
        return
    if frame.codec == "raw":
        scriptOp.copyNumpyArray(wire.pixels(frame))
    elif not scriptOp.loadByteArray("." + frame.codec.replace("jpeg", "jpg"), frame.payload):
        parent().Failed("TouchDesigner could not open a %s picture" % frame.codec)
    return


def onGetCookLevel(scriptOp):
    # Called from TouchDesigner 2025 on: look for a new picture in every frame in which the output is used.
    return CookLevel.WHEN_USED
