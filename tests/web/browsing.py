"""A browser without scripts for the tests of pages."""

from django.test import Client

from tests.cast import Person


def signed_in(who: Person) -> Client:
    client = Client()
    client.force_login(who.user)
    return client
