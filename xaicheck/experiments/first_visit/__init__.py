"""The results that a first visit shows at once."""
