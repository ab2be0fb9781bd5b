"""The approved words of the line itself, and the floor under everything. Knows nobody."""
