"""`arcada push`: a patient folder of this computer goes to a server, over its public API only."""
