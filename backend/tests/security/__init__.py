"""Attacks on a running server: a file for each class, seen from outside only. `SECURITY.md` says what defends what."""
