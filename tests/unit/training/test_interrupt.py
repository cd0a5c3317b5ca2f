import signal
import threading

import pytest

from adgan.training.interrupt import stop_on_interrupt


def test_a_second_interrupt_interrupts():
    before = signal.getsignal(signal.SIGINT)  # ignored where the tests run in the background
    with pytest.raises(KeyboardInterrupt), stop_on_interrupt() as stopped:
        signal.raise_signal(signal.SIGINT)
        assert stopped()
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_never_touches_signals():
    answers = []

    def work():
        with stop_on_interrupt() as stopped:
            answers.append(stopped())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert answers == [False]


def test_a_termination_is_a_wish_to_stop():
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_interrupt() as stopped:
        signal.raise_signal(signal.SIGTERM)
        assert stopped()
    assert signal.getsignal(signal.SIGTERM) is before
