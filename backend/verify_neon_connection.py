#!/usr/bin/env python3
"""Checks the database of DATABASE_URL before the service is deployed on it. Exit status 0 if all is well.

Run it from this folder:  DATABASE_URL='postgresql://…' ../.venv/bin/python verify_neon_connection.py
"""

import asyncio
import sys

from src.verification import verify_database

if __name__ == "__main__":
    sys.exit(0 if asyncio.run(verify_database()) else 1)
