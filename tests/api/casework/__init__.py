"""What is done for people, and by them."""
