"""The demo tenant: an invented company's last fourteen months, so that a first click meets a living product."""
