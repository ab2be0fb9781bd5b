"""One lane for each person: the safe word, the emergency line, first words, cover, the worker's relay, then Rasa."""
