"""People who are accompanied, as programs see them."""
