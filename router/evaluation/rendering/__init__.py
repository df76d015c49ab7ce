"""Reports for people and for other programs: a page, text, Markdown, JUnit XML and notices."""
