"""Reports: one registry of them, one kind of table, which a page, a workbook and a CSV write alike."""
