"""The payment port: who is asked for the money of a bill. On account: the operator sends it and marks it paid."""

from typing import Protocol

from arcada.apps.accounts.models import Bill


class PaymentPort(Protocol):
    def present(self, bill: Bill) -> str:
        """Ask for the bill's money; the answer is the reference under which it will be found again."""
        ...


class OnAccount:
    """The bill itself is the request: the operator's bookkeeping takes it from here."""

    def present(self, bill: Bill) -> str:
        return f"on account {bill.number}"


def the_payment_port() -> PaymentPort:
    return OnAccount()
