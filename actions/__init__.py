"""What Rasa's rules ask of the service: places, services, hours. They look things up; the words are in `domain.yml`."""
