"""Forward-only migrations, one file each."""
