"""One folder a source: get.py, transform.py, README.md, sample.*."""
