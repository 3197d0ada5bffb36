"""What decides telling, pure: messages to people, events to machines."""
