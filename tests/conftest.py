"""What holds for every test: laws are searched without a clock, since machines differ.

Sockets to anything but loopback are off by the options in pyproject.toml.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "laws", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("laws")
