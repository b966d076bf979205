"""Worlds to begin with: the article's, an empty VPC, and many pairs."""
