"""What the page's upload script says: the server gives it its sentences, in the reader's language."""

from django.utils.translation import gettext as _


def upload_words() -> dict[str, str]:
    return {
        "reading": _("Reading the file"),
        "waiting": _("Waits for its turn"),
        "uploading": _("{done} of {size}, {left}"),
        "left_seconds": _("{count} s left"),
        "left_minutes": _("{count} min left"),
        "paused": _("Paused at {done} of {size}"),
        "retrying": _("No connection. Tries again in {count} s"),
        "stopped": _("The upload stopped"),
        "checking": _("All bytes are here, with their checksum. Now it is checked."),
        "place": _("Place of {name}"),
        "choose_place": _("Choose a place"),
        "belongs_to": _("Belongs to {name}"),
        "start_one": _("Start the upload of 1 file"),
        "start_many": _("Start the upload of {count} files"),
        "nothing_to_start": _("Nothing can be uploaded yet: choose a place for each file."),
        "leave_out": _("Leave out"),
        "cancel": _("Cancel"),
        "pause": _("Pause"),
        "go_on": _("Go on"),
        "try_again": _("Try again"),
        "remove": _("Remove"),
        "in_all": _("{count} files, {done} of {size}"),
        "ready_to_go_on": _("Goes on at {done} of {size}"),
        "too_many_files": _("{count} files are too many for one drop. Drop {limit} at most."),
        "empty_folder": _("There is no file in what was dropped."),
        "no_answer": _("The server does not answer. Nothing is lost; try again in a moment."),
        "other_file": _("This is another file than the one that was begun. It is treated as a new one."),
        "changed_under_way": _("The file changed while it was read. Choose it again."),
        "signed_out": _("You are signed out. Sign in in another window, then press “Try again”."),
        "leave_page": _("Files are still being uploaded."),
    }
