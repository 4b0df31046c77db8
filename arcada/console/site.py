"""The site: which addresses the console has, who may come, and which lists stand in it."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path
from django.utils import timezone
from django.utils.translation import gettext_lazy

from arcada.apps.audit.actions import record
from arcada.console import front, glass, health, looking
from arcada.console.desks import DESKS
from arcada.console.who import staff_actor

# A model in here is shown to the operator. Nothing that holds a patient's, a case's or a file's data may stand here.
SHOWN = frozenset({"accounts.workspace", "accounts.user", "accounts.plan", "jobs.job", "mail.outgoingmail"})


class Console(admin.AdminSite):
    """Django's admin without a sign-in, a sign-out and a password page of its own."""

    site_header = gettext_lazy("Console")
    site_title = "Arcada"
    index_title = gettext_lazy("Console")
    final_catch_all_view = False
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        for model in models:
            if model._meta.label_lower not in SHOWN:
                raise ImproperlyConfigured(f"{model._meta.label} is none of the operator's business.")
        super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        # The door decided; this holds should anybody mount the site without it.
        staff_actor(request)
        return True

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Who looked at which page of the console stands in the audit; anybody else finds nothing."""
        inner = super().admin_view(view, cacheable)

        @functools.wraps(view)
        def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = staff_actor(request)
            match = request.resolver_match
            if request.method == "GET" and match is not None and match.url_name != "jsi18n":
                with transaction.atomic():
                    record(
                        actor, "console.viewed", now=timezone.now(),
                        ids={"page": match.url_name or "", "of": kwargs.get("object_id", "")},
                    )  # fmt: skip
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return seen

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The front page lists what there is."""
        return []

    def get_urls(self) -> list[URLPattern | URLResolver]:
        pages: list[URLPattern | URLResolver] = [
            path(entry.pattern._route, self.admin_view(entry.callback), name=entry.name)
            for module in (front, health, looking, glass)
            for entry in module.urlpatterns
        ]
        pages.append(path("jsi18n/", self.admin_view(self.i18n_javascript), name="jsi18n"))
        lists: list[URLPattern | URLResolver] = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(desk.urls))
            for model, desk in self._registry.items()
        ]
        return pages + lists


console = Console(name="console")
for model, desk in DESKS.items():
    console.register(model, desk)
