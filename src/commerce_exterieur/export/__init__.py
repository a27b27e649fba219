"""The marts as files for other tools, and a workbook for every territory."""
