"""Twilio: SMS and WhatsApp. `webhook` is the way in, `sender` the way out, `errors` what their numbers mean."""
