"""How the operator's support may look into a workspace: by a grant of the workspace, or by breaking the glass."""
