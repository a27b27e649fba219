"""The factsheet of a territory: one content, two outputs (PDF and HTML page)."""
