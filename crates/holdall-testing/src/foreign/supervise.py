"""Runs one server and ends it when whoever started this program is gone.

    python supervise.py FOLDER [PATH...] -- COMMAND [ARGUMENT...]

Standard input is a pipe into which nobody writes. It ends when the starter closes it, and also when the starter
dies, however it dies: then the server is killed, and the folder and the paths are removed. When the server ends by
itself, this program ends with it and removes nothing, so that its log can be read.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading

split = sys.argv.index("--")
leftovers, command = sys.argv[1:split], sys.argv[split + 1 :]

# Ctrl+C goes to everybody in the terminal. The pipe decides here, or nobody would be left to tidy up.
signal.signal(signal.SIGINT, signal.SIG_IGN)

server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
told_to_stop = threading.Event()


def wait_for_the_end_of_the_pipe():
    sys.stdin.buffer.read()
    told_to_stop.set()
    server.kill()


threading.Thread(target=wait_for_the_end_of_the_pipe, daemon=True).start()
code = server.wait()
if told_to_stop.is_set():
    for path in leftovers:
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.exists(path):
            os.unlink(path)
else:
    # A server that was killed by a signal has a negative code, which no program can end with.
    sys.exit(code if code > 0 else 1)
