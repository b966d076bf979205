"""The pages that make pairs: the wizard, one form for all, tags and files."""
