"""What is done for people who are accompanied: files, needs, consents, handoffs."""
