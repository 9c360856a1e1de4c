"""The face: server-rendered pages."""
