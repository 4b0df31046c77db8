"""What people see: server-rendered pages that work before any script."""
