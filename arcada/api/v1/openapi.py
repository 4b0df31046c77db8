"""What the generated OpenAPI does not say by itself: problems, the Idempotency-Key, and the body of a standard."""

from typing import Any

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457: what went wrong, with a number to quote.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:arcada:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
    },
}
KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and request again: one effect and the first answer, for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]+$"},
}


def complete(schema: dict[str, Any]) -> None:
    """Add to the schema, in place, what every operation shares."""
    schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    refusal = {
        "description": "Refused; `type` says why.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            operation["responses"]["default"] = refusal
            if method == "post":
                operation.setdefault("parameters", []).append(KEY)
            if method == "post" and path.endswith("/standards"):
                content = {"application/json": {"schema": {"type": "object"}}}
                operation["requestBody"] = {"required": True, "content": content}
