# Callbacks of the Parameter Execute DAT that watches the component's custom parameters.


def onValueChange(par, prev):
    if not par.readOnly:
        parent().OnParChange(par)
    return


def onPulse(par):
    parent().OnPulse(par)
    return
