"""A command that does not outlive the program that began it.

That program holds the other end of the command's standard input and never writes. The pipe closes
when it lets go, and by itself when it crashes or is killed; the command then stops as after
Ctrl-C. Pipes work so on every system; signals do not.
"""

import _thread
import os
import signal
import threading


def stop_at_end(pipe: int) -> None:
    """Interrupt the main thread, as Ctrl-C does, when a pipe is closed at its other end.

    Parameters
    ----------
    pipe
        File descriptor of standard input; what comes through it is thrown away.
    """
    # What a shell starts in the background ignores Ctrl-C, and its children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        _thread.interrupt_main()

    threading.Thread(target=watch, daemon=True).start()
