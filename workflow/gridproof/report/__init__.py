"""The report: one text, as HTML and as Markdown, with every number asked from the tables."""
