"""What the activity log keeps of jobs: that one was asked for and how it ended, not each step on the way."""

from django.utils.translation import gettext_lazy as _

from audit.declaring import exempt, logged
from audit.events import event

ON_THE_WAY = "how far the work is; the log says how it ended"

logged(
    "jobs_job",
    plain=("kind",),
    ignored=dict.fromkeys(
        (
            "done",
            "total",
            "attempt",
            "token",
            "lease_until",
            "killed_at",
            "sent_at",
            "sends",
            "file_expires_at",
        ),
        ON_THE_WAY,
    ),
)
exempt("jobs_jobline", "What a job says of itself while it works; it goes with the job.")

event("jobs.file_fetched", _("%(actor)s fetched the file %(file)s"))
