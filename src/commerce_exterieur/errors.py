"""The one exception a script turns into a plain sentence for its user."""


class UserError(Exception):
    """Something the user can mend; the message says what and how.

    Every command prints it as one line on standard error and exits with status 2,
    without a traceback.
    """
