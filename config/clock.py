"""What runs when, for every active tenant. Times in seconds or UTC."""

SCHEDULE = {
    "sweep the outbox": {"task": "journal.sweep", "schedule": 10.0, "options": {"expires": 60}},
    "sweep unsent mail": {"task": "mail.sweep", "schedule": 20.0, "options": {"expires": 60}},
}
