"""The duty worker's web app: a listener, a login and a credential store of its own."""
