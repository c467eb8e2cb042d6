# Callbacks of the WebSocket DAT. They only pass on: the extension decides.
# All of them must stay: the pong is what keeps the connection alive, and early builds of
# TouchDesigner crash when a message finds no callback.


def onConnect(dat):
    parent().OnConnect()
    return


def onDisconnect(dat):
    parent().OnDisconnect()
    return


def onReceiveText(dat, rowIndex, message):
    parent().OnText(message)
    return


def onReceiveBinary(dat, contents):
    parent().OnBinary(contents)
    return


def onReceivePing(dat, contents):
    dat.sendPong(contents)
    return


def onReceivePong(dat, contents):
    return


def onMonitorMessage(dat, message):
    parent().OnMonitor(message)
    return
