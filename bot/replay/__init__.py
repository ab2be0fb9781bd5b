"""`quietword replay`: scenarios through the real lane, Rasa and actions, with only the providers replaced."""
