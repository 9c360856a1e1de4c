"""Pages of files of people."""
