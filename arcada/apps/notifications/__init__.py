"""What a person should know, and the live events a page listens to."""
