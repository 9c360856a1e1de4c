"""Coordination: one question a page, the sentence that answers it, its picture, its table, and what can be done."""
