"""What the workers do by the clock, and how often."""

from datetime import timedelta

PERIODIC: dict[str, timedelta] = {
    "arcada.apps.accounts.jobs.bill_subscriptions": timedelta(hours=6),
    "arcada.apps.jobs.jobs.forget_done_jobs": timedelta(hours=6),
    "arcada.apps.records.jobs.expire_open_uploads": timedelta(minutes=30),
    "arcada.apps.files.jobs.sweep_orphaned_objects": timedelta(hours=6),
    "arcada.apps.notifications.jobs.forget_live_events": timedelta(hours=1),
    "arcada.apps.reviews.jobs.forget_who_was_here": timedelta(hours=1),
    "arcada.apps.idempotency.jobs.forget_answers": timedelta(hours=1),
    "arcada.apps.licences.jobs.keep_licences": timedelta(hours=1),
    "arcada.apps.sign_in.jobs.forget_sign_in_leftovers": timedelta(hours=1),
    "arcada.anchor.jobs.anchor_audit": timedelta(minutes=5),
    "arcada.apps.mail.jobs.forget_mail_bodies": timedelta(hours=12),
}
