"""What the pages of the audit say of each event; an event without words of its own shows its code."""

from django.utils.translation import gettext, gettext_noop

from arcada.web.event_words import say_event

WORDS = {
    "access.denied": gettext_noop("Access refused"),
    "audit.clock_regress": gettext_noop("The clock stepped back"),
    "audit.exported": gettext_noop("Audit downloaded"),
    "audit.person_erased": gettext_noop("Personal value erased"),
    "collection.viewed": gettext_noop("Collection viewed"),
    "collection.exported": gettext_noop("Files of the collection downloaded"),
    "collection.opened": gettext_noop("Collection opened"),
    "collection.edited": gettext_noop("Collection edited"),
    "console.viewed": gettext_noop("Page of the console viewed"),
    "contact.saved": gettext_noop("Contact kept"),
    "contact.removed": gettext_noop("Contact removed"),
    "factor.added": gettext_noop("Second factor added"),
    "factor.removed": gettext_noop("Second factor removed"),
    "factor.failed": gettext_noop("Wrong second factor"),
    "member.added": gettext_noop("Member added"),
    "member.changed": gettext_noop("Member’s role or access changed"),
    "member.invited": gettext_noop("Member invited"),
    "patient.added": gettext_noop("Patient added"),
    "patient.edited": gettext_noop("Patient edited"),
    "patient.exported": gettext_noop("All files of the patient downloaded"),
    "patient.identity_seen": gettext_noop("Name and birth date shown"),
    "record.added": gettext_noop("File announced"),
    "record.received": gettext_noop("File received"),
    "record.accepted": gettext_noop("File accepted"),
    "record.rejected": gettext_noop("File refused"),
    "record.held": gettext_noop("File waits for the malware scanner"),
    "record.picture_checked": gettext_noop("Looked for a name in the picture: none"),
    "record.removed": gettext_noop("File removed"),
    "record.restored": gettext_noop("File brought back"),
    "record.moved": gettext_noop("File moved"),
    "record.described": gettext_noop("File described"),
    "session.started": gettext_noop("Signed in"),
    "session.failed": gettext_noop("Sign-in failed"),
    "session.ended": gettext_noop("Session ended"),
    "share.downloaded": gettext_noop("Files of the share downloaded"),
    "support.granted": gettext_noop("Support let in"),
    "support.grant_ended": gettext_noop("Support’s access ended"),
    "support.entered": gettext_noop("Support began to look"),
    "support.looked": gettext_noop("Support looked at a list"),
    "support.left": gettext_noop("Support stopped looking"),
    "support.glass_broken": gettext_noop("Operator broke the glass"),
    "support.glass_reviewed": gettext_noop("Broken glass reviewed"),
    "token.created": gettext_noop("API token made"),
    "token.revoked": gettext_noop("API token ended"),
    "workspace.created": gettext_noop("Workspace made"),
    "workspace.edited": gettext_noop("Workspace edited"),
}


def say_audit(action: str) -> str:
    return gettext(WORDS[action]) if action in WORDS else say_event(action)
