"""A worker that goes on when the broker didn't hear that a message was dealt with."""

from celery.worker.request import Request
from kombu.transport import virtual


class TenantRequest(Request):
    """Kombu logs an acknowledgement that failed and still counts the message as in hand: a worker that takes one at a
    time would stay alive and never take another (celery/celery#2415).

    Here its place is free again. The broker hands the message out once more after the visibility timeout, and every
    task of ours finds its work done by then.
    """

    def acknowledge(self) -> None:
        super().acknowledge()
        self._give_its_place_back()

    def reject(self, requeue: bool = False) -> None:
        super().reject(requeue)
        self._give_its_place_back()

    def _give_its_place_back(self) -> None:
        message = self.message
        qos = getattr(message.channel, "qos", None)
        if not message.acknowledged and isinstance(qos, virtual.QoS):
            virtual.QoS.ack(qos, message.delivery_tag)
