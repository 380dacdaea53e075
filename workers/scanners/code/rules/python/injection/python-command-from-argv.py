import argparse
import os
import shlex
import subprocess
import sys


def main():
    # ruleid: python-command-from-argv
    os.system("ls " + sys.argv[1])
    options = argparse.ArgumentParser().parse_args()
    # ruleid: python-command-from-argv
    subprocess.run(f"tar xf {options.archive}", shell=True)
    # ruleid: python-command-from-argv
    os.popen(os.environ["EDITOR"] + " notes.txt")


def safe():
    options = argparse.ArgumentParser().parse_args()
    # ok: python-command-from-argv
    subprocess.run(["tar", "xf", options.archive], check=True)
    # ok: python-command-from-argv
    os.system("ls " + shlex.quote(sys.argv[1]))
    # ok: python-command-from-argv
    os.system("clear")
