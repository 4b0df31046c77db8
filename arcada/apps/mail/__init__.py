"""The outbox: mails are rows first, sent after the commit, retried until they left."""
