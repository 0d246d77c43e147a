"""Draws labelled numbers as horizontal bars, in SVG."""
from xml.sax.saxutils import escape

__all__ = ["bars"]


def bars(rows):
    """Returns an SVG with one bar for each pair of a label and a number."""
    largest = max((number for _, number in rows), default=1)
    shapes = []
    for at, (label, number) in enumerate(rows):
        y = 24 * at
        width = round(300 * number / largest)
        shapes.append(f'<rect x="120" y="{y + 4}" width="{width}" height="16" fill="#3b6ea5"/>')
        shapes.append(f'<text x="0" y="{y + 16}" font-size="12">{escape(label)}</text>')
    size = f'viewBox="0 0 440 {24 * len(rows)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(shapes)}</svg>\n'
