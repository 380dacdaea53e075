import os
import shlex
import subprocess

CLEAR = "clear"


def archive(folder, command):
    # ruleid: python-shell-command
    subprocess.run(f"tar cf out.tar {folder}", shell=True)
    # ruleid: python-shell-command
    os.system("rm -rf " + folder)
    # ruleid: python-shell-command
    subprocess.Popen(command, stdout=subprocess.PIPE, shell=True)
    # ruleid: python-shell-command
    return subprocess.getoutput("du -s %s" % folder)


def safe(folder):
    # ok: python-shell-command
    subprocess.run(["tar", "cf", "out.tar", folder], check=True)
    # ok: python-shell-command
    subprocess.run("sync", shell=True)
    # ok: python-shell-command
    os.system(CLEAR)
    # ok: python-shell-command
    os.system("rm -rf " + shlex.quote(folder))
    command = "uptime"
    # ok: python-shell-command
    os.system(command)
