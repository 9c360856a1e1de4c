"""The words: from what is typed to competences, and from competences to listings."""
