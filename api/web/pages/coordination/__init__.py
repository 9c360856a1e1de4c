"""Pages of those who coordinate."""
