"""The mails that users get, and how they are sent."""

from src.services.mails.mailer import Mailer
from src.services.mails.messages import LINK_LIFETIME

__all__ = ["LINK_LIFETIME", "Mailer"]
