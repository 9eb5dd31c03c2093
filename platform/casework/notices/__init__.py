"""Who is told of what: the inbox, e-mail and digest, reminders, and the calendar feed."""
