#!/usr/bin/python3
"""Runs a program under a filter of system calls that it did not choose: filter.py refuse COMMAND... (a kernel or a container that refuses filters of the
program's own), or filter.py unit FILE COMMAND... (SystemCallFilter= of a service, as systemd would set it up)."""
import ctypes, errno, os, re, struct, subprocess, sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7fff0000, 0x00050000
libc = ctypes.CDLL(None, use_errno=True)


def numbers():
    """Names of this machine's system calls -> numbers."""
    said = subprocess.run(["cc", "-dM", "-E", "-"], input="#include <sys/syscall.h>\n", stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
    return {m[1]: int(m[2]) for m in re.finditer(r"^#define __NR_(\w+) (\d+)$", said, re.M)}


def members(name):
    """The system calls of a set such as @system-service."""
    if not name.startswith("@"):
        return {name}
    said = subprocess.run(["systemd-analyze", "syscall-filter", name], stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
    lines = [l.strip() for l in said.splitlines()[1:]]
    return set().union(*[members(l) for l in lines if l and not l.startswith("#")])


def allowed_by(unit):
    """What the lines SystemCallFilter= of UNIT leave."""
    left = set()
    for line in open(unit, encoding="utf-8"):
        if not line.startswith("SystemCallFilter="):
            continue
        words = line.split("=", 1)[1].strip()
        names = set().union(*[members(w) for w in words.lstrip("~").split()])
        left = left - names if words.startswith("~") else left | names
    return left


def apply(code):
    data = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in code))

    class Program(ctypes.Structure):
        _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    program = Program(len(code), ctypes.addressof(data))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program)) != 0:
        sys.exit("filter.py: %s" % os.strerror(ctypes.get_errno()))


def main(argv):
    nr = numbers()
    code = [(LOAD, 0, 0, 0)]
    if argv[1] == "refuse":
        code += [(EQUAL, 0, 3, nr["prctl"]), (LOAD, 0, 0, 16), (EQUAL, 0, 1, PR_SET_SECCOMP), (RETURN, 0, 0, ERRNO | errno.EINVAL), (RETURN, 0, 0, ALLOW)]
        command = argv[2:]
    else:
        for name in sorted(allowed_by(argv[2])):
            if name in nr:
                code += [(EQUAL, 0, 1, nr[name]), (RETURN, 0, 0, ALLOW)]
        code += [(RETURN, 0, 0, ERRNO | errno.EPERM)]
        command = argv[3:]
    apply(code)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv)
