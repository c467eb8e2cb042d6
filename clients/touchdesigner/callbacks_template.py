# Callbacks of a livegen component. Delete what you do not need.
# Every callback is given one dict; info['ownerComp'] is always the component.


def onConnect(info):
    # server, streams, restarted: True when the stage was started anew since the last connection
    debug("connected to", info["server"])


def onDisconnect(info):
    # error
    debug("disconnected:", info["error"])


def onFrame(info):
    # seq, width, height, codec, time (server seconds), applied (newest of our sets that it contains)
    pass


def onText(info):
    # delta, index (0 begins another text), done, p (how probable it was), bits (how undecided), seq, stream
    pass


def onStroke(info):
    # dx, dy (downwards), pen after the step: down, up or end, index (0 begins another drawing), seq, stream
    pass


def onParam(info):
    # values: what others changed, {address: value}; needs Follow on the Livegen page
    pass


def onStatus(info):
    # state, fps, fps_wanted, viewers, latency_ms, render_ms, dropped, last_error, cues
    pass


def onError(info):
    # message, and often hint and code
    debug("livegen:", info["message"])
