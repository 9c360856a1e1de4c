"""Pages about people who are accompanied."""
