"""What runs inside Rasa, in an environment of its own (Python 3.10). The service calls it, and never imports it."""
