"""What a worker is asked for: to look whether somebody has an address that was typed."""

from celery import shared_task

from accounts.passwords.resetting import send_reset


@shared_task
def answer_forgotten(address: str) -> None:
    """Whether there is such a person shows in their letters and the activity log, and nowhere else."""
    send_reset(address)
