import asyncio
import queue


def build():
    # ruleid: python-unbounded-queue
    jobs = asyncio.Queue()
    # ruleid: python-unbounded-queue
    work = queue.Queue(maxsize=0)
    # ok: python-unbounded-queue
    bounded = asyncio.Queue(maxsize=1000)
    # ok: python-unbounded-queue
    other = queue.Queue(50)
    return jobs, work, bounded, other
