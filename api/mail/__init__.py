"""What the site writes to people: composed when it is sent, from the graph, and sent by the worker."""
