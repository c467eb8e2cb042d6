"""Learned maps on the stage: the section that plays them, and who keeps and fits their examples.

``section.Maps`` belongs to the ensemble and depends on messages and times alone. ``teacher.Teacher`` belongs to the
app: it takes down what is shown, keeps it as text beside the patch, fits it in a thread of its own, and has the result
applied as an ordinary message, so that a take holds it.
"""
