"""The factsheet of a territory: one content as PDF, HTML page and workbook."""
