"""Small files that are read without torch and hold nothing executable."""
