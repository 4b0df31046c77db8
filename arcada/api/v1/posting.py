"""POST once: the Idempotency-Key header makes a repeated request one effect and one answer (I8)."""

import functools
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from arcada.api.problems import answer_error
from arcada.api.v1.security import actor_in
from arcada.apps.idempotency.actions import once
from arcada.core.errors import ArcadaError


def posting(status: int = 201) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """The view returns plain values; they leave with `status`, and again for the same key."""

    def decorate(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            def answer() -> tuple[int, str]:
                try:
                    return status, json.dumps(view(request, *args, **kwargs), cls=DjangoJSONEncoder)
                except ArcadaError as error:
                    refusal = answer_error(request, error)
                    return refusal.status_code, refusal.content.decode()

            key = request.headers.get("Idempotency-Key")
            if key is None:
                code, body = answer()
            else:
                said = f"{request.method} {request.path}\n".encode() + request.body
                code, body, _ = once(
                    actor_id=actor_in(request).id, key=key, request=said, now=timezone.now(), answer=answer
                )
            kind = "application/json" if code < 400 else "application/problem+json"
            return HttpResponse(body, status=code, content_type=kind)

        return wrapped

    return decorate
