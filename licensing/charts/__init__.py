"""PURE. Charts as SVG text, made on the server from numbers and finished labels.

Widths are percentages and text keeps its size, so one chart fits a phone, a wide window and paper
without a script. Colours are class names that a stylesheet gives a meaning; nothing is styled
inline, because the content security policy forbids it.
"""
