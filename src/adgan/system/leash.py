"""A command that ends when the program that started it ends.

That program keeps the other end of the command's standard input open and never writes to it. The
pipe closes when the program closes it, crashes or is killed; the command then stops as after
Ctrl-C. Unlike signals, pipes behave like this on every system.
"""

import _thread
import os
import signal
import threading


def stop_at_end(pipe: int) -> None:
    """Interrupt the main thread, as Ctrl-C does, when the other end of a pipe is closed.

    Parameters
    ----------
    pipe
        File descriptor of standard input; its content is discarded.
    """
    # A shell makes background processes ignore Ctrl-C, and their children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        _thread.interrupt_main()

    threading.Thread(target=watch, daemon=True).start()
