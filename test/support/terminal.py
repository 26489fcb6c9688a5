"""Runs a program with a terminal of its own, as a person at a terminal does, and closes the terminal when told to.

terminal.py LOG PROGRAM ARGUMENT...: standard error of the program goes to LOG. Writes the program's process id, and at
the end how it ended: its exit code, or the signal with a minus sign. A line on standard input closes the terminal.
"""

import os
import pty
import sys

log, *program = sys.argv[1:]
# Before the fork: whoever is told the process id may read the log at once.
errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(errors, 2)
    os.execvp(program[0], program)
print(pid, flush=True)
sys.stdin.readline()
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
