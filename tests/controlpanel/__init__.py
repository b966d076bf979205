"""The processes behind `up`: real children, a real broker, real signals."""
