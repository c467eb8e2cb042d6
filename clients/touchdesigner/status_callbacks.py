# Callbacks of the Script CHOP with the status as numbers.


def onSetupParameters(scriptOp):
    return


def onPulse(par):
    return


def onCook(scriptOp):
    scriptOp.clear()
    # Reading this parameter makes the CHOP cook again whenever the extension writes the status.
    parent().par.Fps.eval()
    for name, number in parent().StatusChannels():
        scriptOp.appendChan(name)[0] = number
    return


def onGetCookLevel(scriptOp):
    return CookLevel.WHEN_USED
