"""A reorganisation: what is to change in the network on a day, seen before it is done, then done file by file."""
