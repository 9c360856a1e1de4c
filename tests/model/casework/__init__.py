"""The rules of files and handoffs."""
