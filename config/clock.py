"""What runs when, for every active tenant. Times in seconds or UTC."""

SCHEDULE = {
    "sweep the outbox": {"task": "journal.sweep", "schedule": 10.0, "options": {"expires": 60}},
    "forget what the API answered": {
        "task": "integrations.forget_answers",
        "schedule": 3_600.0,
        "options": {"expires": 3_600},
    },
    "take up imports that stand still": {
        "task": "integrations.sweep_imports",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "delete removed files for good": {
        "task": "conversations.clear_away",
        "schedule": 21_600.0,
        "options": {"expires": 21_600},
    },
    "mail what people have not read": {
        "task": "accounts.post_digests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "forget old drafts": {
        "task": "inbox.forget_drafts",
        "schedule": 21_600.0,
        "options": {"expires": 21_600},
    },
    "sweep unsent mail": {"task": "mail.sweep", "schedule": 20.0, "options": {"expires": 60}},
}
