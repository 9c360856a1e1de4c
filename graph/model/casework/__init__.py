"""The life of a file: who leads, what moves towards whom, what may be told, who owes what by when."""
