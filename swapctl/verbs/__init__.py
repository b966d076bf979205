"""What can be typed: each verb asks the server, and says what it answered."""
