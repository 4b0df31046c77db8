"""What the history of a case says of each event of the audit; the codes stay what exports and searches use."""

from django.utils.translation import gettext, gettext_noop

EVENT_WORDS = {
    "case.opened": gettext_noop("Case opened"),
    "case.edited": gettext_noop("Case edited"),
    "case.viewed": gettext_noop("Case viewed"),
    "case.exported": gettext_noop("Files of the case downloaded"),
    "case.capsule_exported": gettext_noop("Capsule of the case downloaded"),
    "case.records_added": gettext_noop("Records added to the case"),
    "case.record_removed": gettext_noop("Record taken out of the case"),
    "case.attachment_added": gettext_noop("File for a comment added"),
    "case.design_added": gettext_noop("Design added"),
    "case.commented": gettext_noop("Comment written"),
    "case.oriented": gettext_noop("Scans oriented"),
    "case.teeth_labelled": gettext_noop("Teeth labelled"),
    "case.teeth_found": gettext_noop("Tooth labels found again on a newer version"),
    "case.measurements_kept": gettext_noop("Measurements kept"),
    "case.decided": gettext_noop("Decision made"),
    "case.decision_exported": gettext_noop("Decision kept as a file"),
    "case.closed": gettext_noop("Case closed"),
    "case.reopened": gettext_noop("Case opened again"),
    "case.participant_invited": gettext_noop("Workspace invited to the case"),
    "case.participant_ended": gettext_noop("Workspace taken out of the case"),
    "thread.opened": gettext_noop("Comment written"),
    "thread.resolved": gettext_noop("Comment resolved"),
    "thread.reopened": gettext_noop("Comment opened again"),
    "comment.added": gettext_noop("Reply written"),
    "share.created": gettext_noop("Share made"),
    "share.extended": gettext_noop("Share extended"),
    "share.revoked": gettext_noop("Share ended"),
    "share.reminded": gettext_noop("Link sent again"),
    "share.code_sent": gettext_noop("Code sent"),
    "share.proven": gettext_noop("Code accepted"),
    "share.opened": gettext_noop("Share opened"),
    "share.passcode_wrong": gettext_noop("Wrong passcode"),
    "share.locked": gettext_noop("Share locked after wrong passcodes"),
    "record.viewed": gettext_noop("File viewed"),
    "record.rendition_viewed": gettext_noop("File viewed"),
    "record.comparison_viewed": gettext_noop("Contacts or changes viewed"),
    "record.compared": gettext_noop("Compared with its counterpart"),
    "thread.pin_found": gettext_noop("Point found again on a newer version"),
    "record.downloaded": gettext_noop("File downloaded"),
    "record.exported": gettext_noop("File downloaded in another format"),
    "record.original_downloaded": gettext_noop("Original file downloaded"),
}

ACTOR_WORDS = {
    "person": gettext_noop("Person"),
    "token": gettext_noop("Token"),
    "recipient": gettext_noop("Recipient"),
    "support": gettext_noop("Support of the operator"),
    "system": gettext_noop("Arcada itself"),
}


def say_event(action: str) -> str:
    return gettext(EVENT_WORDS[action]) if action in EVENT_WORDS else action


def say_actor_kind(kind: str) -> str:
    return gettext(ACTOR_WORDS[kind]) if kind in ACTOR_WORDS else kind
