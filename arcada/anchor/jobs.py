"""The clock of checkpoints: looked at every few minutes, made when due, brought to every place until it took it."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from arcada.anchor.making import is_due, make_checkpoint
from arcada.anchor.places import NotAnchored, places_of
from arcada.apps.audit.actions import note_clock_regress
from arcada.apps.audit.models import Checkpoint

log = logging.getLogger("arcada.anchor")


@task()
def anchor_audit() -> None:
    now = timezone.now()
    note_clock_regress(now=now)
    if is_due(now=now):
        make_checkpoint(now=now)
    deliver_checkpoints(now=now)


def deliver_checkpoints(*, now: datetime) -> list[str]:
    """Bring every checkpoint to each place that has not taken it yet, in order; the troubles, one a place."""
    troubles = []
    for place in places_of(settings.ENV):
        for checkpoint in Checkpoint.objects.order_by("number"):
            if checkpoint.places.get(place.name) == "":
                continue
            try:
                place.put(checkpoint.line, number=checkpoint.number, now=now)
            except NotAnchored as trouble:
                checkpoint.places[place.name] = str(trouble)
                checkpoint.save(update_fields=["places"])
                log.error("Checkpoint %s was not taken by an anchor: %s", checkpoint.number, trouble)
                troubles.append(f"{place.name}: {trouble}")
                break  # later ones wait: an anchor has no gaps
            checkpoint.places[place.name] = ""
            checkpoint.save(update_fields=["places"])
    return troubles
