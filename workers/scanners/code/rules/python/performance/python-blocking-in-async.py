import asyncio
import subprocess
import time

import requests


async def poll(address):
    # ruleid: python-blocking-in-async
    time.sleep(1)
    # ruleid: python-blocking-in-async
    return requests.get(address, timeout=5)


def factory():
    async def build():
        # ruleid: python-blocking-in-async
        subprocess.run(["make"], check=True)

    # ok: python-blocking-in-async
    time.sleep(1)
    return build


async def safe(loop):
    def work():
        # ok: python-blocking-in-async
        time.sleep(1)

    # ok: python-blocking-in-async
    await asyncio.sleep(1)
    # ok: python-blocking-in-async
    await asyncio.to_thread(time.sleep, 1)
    await asyncio.to_thread(work)
