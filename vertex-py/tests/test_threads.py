"""The engine beside other threads, in other processes, and interrupted."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import vertex_ar


def runs_beside_this_thread(call) -> bool:
    """Whether this thread got a turn between the call's beginning and its end."""
    begun, ended = [], []

    def work() -> None:
        begun.append(True)
        call()
        ended.append(True)

    worker = threading.Thread(target=work)
    worker.start()
    while not begun:
        time.sleep(0)
    beside = not ended
    worker.join()
    return beside


def test_other_threads_run_while_the_engine_works(chelsea, markers) -> None:
    interval = sys.getswitchinterval()
    # From now on a thread gets a turn only when another gives up the GIL of its own accord.
    sys.setswitchinterval(1000)
    try:
        for call in [
            lambda: vertex_ar.compile(chelsea, "mind"),
            lambda: vertex_ar.overlay(chelsea),
            lambda: vertex_ar.detect(chelsea),
            lambda: vertex_ar.simulate(chelsea, markers, views=1),
        ]:
            assert any(runs_beside_this_thread(call) for _ in range(20))
        assert not any(runs_beside_this_thread(lambda: sum(range(100_000))) for _ in range(20))
    finally:
        sys.setswitchinterval(interval)


def test_threads_get_the_same_files(chelsea, markers) -> None:
    with ThreadPoolExecutor(4) as executor:
        assert all(made == markers for made in executor.map(vertex_ar.compile, [chelsea] * 8))


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_processes_get_the_same_files(method, chelsea, markers) -> None:
    # This process has threads of its own by now, which a forked one does not have.
    assert vertex_ar.compile(chelsea) == markers
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        assert list(executor.map(vertex_ar.compile, [chelsea] * 4)) == [markers] * 4
    assert vertex_ar.compile(chelsea) == markers


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_may_be_forked_while_the_engine_works(chelsea, markers) -> None:
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            vertex_ar.compile(chelsea)

    worker = threading.Thread(target=busy)
    worker.start()
    try:
        for _ in range(4):
            child = os.fork()
            if not child:
                # `_exit`: the child is a copy of the test run and must not go on as one.
                os._exit(0 if vertex_ar.compile(chelsea) == markers else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        worker.join()


@pytest.fixture
def soon_interrupted():
    """Ctrl-C a moment from now."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("threads", [None, 1])
@pytest.mark.usefixtures("soon_interrupted")
def test_a_long_call_is_interrupted(chelsea, markers, threads) -> None:
    # Uninterrupted, this takes most of an hour.
    with pytest.raises(KeyboardInterrupt):
        vertex_ar.simulate(chelsea, markers, views=100_000, threads=threads)
    assert vertex_ar.compile(chelsea) == markers


@pytest.mark.usefixtures("soon_interrupted")
def test_many_pictures_are_interrupted(chelsea, markers) -> None:
    with pytest.raises(KeyboardInterrupt):
        vertex_ar.compile_many([chelsea] * 20_000, progress=False)
    assert vertex_ar.compile(chelsea) == markers
