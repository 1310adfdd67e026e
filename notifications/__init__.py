"""Who hears what by mail: editors their reminders, doctors the changes that they follow."""
