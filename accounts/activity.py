"""What the activity log keeps of people: staff are named in it, that is what it is for."""

from audit.declaring import exempt, logged

logged(
    "accounts_user",
    plain=("email", "name"),
    ignored={"last_login": "each sign-in is an event of its own"},
)
exempt("accounts_session", "Holds what a browser carries; signing in and out are events of their own.")
