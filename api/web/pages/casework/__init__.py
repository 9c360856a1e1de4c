"""Pages of people who are accompanied, and of those who accompany them."""
