"""The same work on many things at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(
    work: Callable[[Given], Made], given: Sequence[Given], threads: int
) -> Generator[tuple[int, Made | BaseException], None, None]:
    """What `work` made of each thing, or what it raised, and the place of that thing, as they are done.

    When it is closed nothing new is begun, and nobody waits for what is.

    Ctrl-C finds the caller at a queue that is not written in Python: between two lines of the waiting of a `Future` or
    a `Condition` it can come out as something else than a `KeyboardInterrupt`.
    """
    todo = deque(enumerate(given))
    done: SimpleQueue[tuple[int, Made | BaseException]] = SimpleQueue()

    def take_all() -> None:
        while True:
            try:
                place, thing = todo.popleft()
            except IndexError:
                return
            try:
                done.put((place, work(thing)))
            except BaseException as error:
                done.put((place, error))

    executor = ThreadPoolExecutor(threads, thread_name_prefix="vertex_ar")
    try:
        for _ in range(min(threads, len(given))):
            executor.submit(take_all)
        for _ in given:
            yield done.get()
    finally:
        todo.clear()
        executor.shutdown(wait=False)
