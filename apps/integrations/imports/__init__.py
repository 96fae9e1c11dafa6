"""Import: reading → mapping → a kind of record → the same operations as everywhere."""
