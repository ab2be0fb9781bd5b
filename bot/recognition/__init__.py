"""What one message says: danger, what is disclosed, what is asked for, and where.

The safety screen (`screen`) reads reviewed patterns and works alone; the model (`encoder`, `heads`) reads meaning;
`recogniser` puts both together. Everything outside `training` also runs on Python 3.10, inside Rasa.
"""
