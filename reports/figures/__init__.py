"""Figures: charts of a report as pictures (PNG, SVG) for slides and papers, by Matplotlib.

They are drawn from the frozen report and from nothing else, so that nothing can be seen in them
which the report hides. Importing `drawing` loads Matplotlib: a web process starts
`python -m reports.figures` instead, which draws and ends.
"""
