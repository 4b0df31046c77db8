"""How a failed request is logged: its number and where it failed, never its address, its data or a message's text."""

import logging
import traceback


class WithoutAddress(logging.Formatter):
    """An address may hold a link's secret and an exception's message a patient's name, so neither is written."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        said = f"{self.formatTime(record)} {record.levelname} {record.name} "
        said += f"request {getattr(request, 'id', '-')} answered {getattr(record, 'status_code', '-')}"
        if record.exc_info and record.exc_info[0] is not None:
            places = "".join(traceback.format_tb(record.exc_info[2])).rstrip()
            said += f": {record.exc_info[0].__name__}\n{places}"
        return said
