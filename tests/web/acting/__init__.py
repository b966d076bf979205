"""The actions of the console, asked as a browser asks them."""
