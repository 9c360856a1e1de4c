"""Files of people and the handoffs between those who help them, as programs see them."""
