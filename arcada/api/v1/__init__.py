"""The API for machines, version 1: the same actions as the pages, as OpenAPI 3.1."""

from typing import Any

from ninja import NinjaAPI

from arcada.api.problems import install
from arcada.api.v1.openapi import complete
from arcada.api.v1.security import SignedIn


class Api(NinjaAPI):
    """Its OpenAPI also tells of problems and of the Idempotency-Key."""

    def get_openapi_schema(self, **given: Any) -> Any:
        schema = super().get_openapi_schema(**given)
        complete(schema)
        return schema


api = Api(
    title="Arcada",
    version="1",
    description="Keep, check, see, discuss and share patients' dental files.",
    auth=[SignedIn()],
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api-1",
)
install(api)

from arcada.api.v1 import (  # noqa: E402 - the routers need the api's parts above
    cases,
    events,
    licences,
    patients,
    records,
    reviews,
    scene,
    shares,
    standards,
    upload_requests,
)

for module in (
    patients,
    records,
    standards,
    cases,
    scene,
    reviews,
    shares,
    upload_requests,
    licences,
    events,
):
    api.add_router("", module.router)
