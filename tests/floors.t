#!/usr/bin/python3
"""The house's floors: who includes whom, what policy may call, and what stands at the top of the tree."""
import glob
import os
import re
import subprocess

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
BUILD = os.environ.get('RINNOVA_BUILD', 'build')
RANK = {'base': 0, 'model': 1, 'policy': 2, 'mail': 2, 'store': 2, 'net': 2, 'core': 3, 'prog': 4}
PROG_SEES = {'prog', 'core', 'model', 'base'}
MILTER_SEES = {'mail/token.h', 'mail/session.h', 'mail/digest.h', 'mail/authres.h'}
OUTSIDE = {'gmime/': 'mail', 'curl/': 'net', 'sqlite3.h': 'store'}
# What the compiler itself puts in, and plain memory and strings: neither I/O nor a clock.
PURE = {'memcmp', 'memcpy', 'memset', 'strcmp', 'strlen', '__stack_chk_fail', '_GLOBAL_OFFSET_TABLE_'}
TOP = {'src', 'conf', 'templates', 'tests', 'contrib', 'Makefile', 'README.md', 'LICENSE', 'build'}


def may_include(name, floor, other, file):
    """May NAME, a file of FLOOR, include OTHER/FILE?"""
    if floor == other:
        return True
    if floor == 'prog':
        milter = os.path.basename(name).startswith('milter')
        return other in PROG_SEES or (milter and f'{other}/{file}' in MILTER_SEES)
    return RANK[other] < RANK[floor]


def includes():
    """(file, floor, <outside> or None, other floor, its file) of every #include in src."""
    for name in sorted(glob.glob('src/*/*.[ch]')):
        floor = name.split('/')[1]
        with open(name, encoding='utf-8') as f:
            for line in f:
                found = re.match(r'\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")', line)
                if found:
                    yield name, floor, found.group(1), found.group(2)


def check_floors():
    for name, floor, _, inside in includes():
        if inside is None:
            continue
        other, _, file = inside.partition('/')
        if other not in RANK or not os.path.exists(f'src/{inside}'):
            yield f'{name} includes "{inside}": write "floor/file.h"'
        elif not may_include(name, floor, other, file):
            yield f'{name} includes "{inside}", which is not below it'


def check_folders():
    for name in sorted(os.listdir('src')):
        if name not in RANK:
            yield f'src/{name} is no floor'


def check_outside():
    for name, floor, outside, _ in includes():
        for start, home in OUTSIDE.items():
            if outside is not None and outside.startswith(start) and floor != home:
                yield f'{name} includes <{outside}>, which is for src/{home} only'


def symbols(objects, *option):
    out = subprocess.run(['nm', *option, *objects], check=True, stdout=subprocess.PIPE, encoding='utf-8').stdout
    return {x.split()[-1] for x in out.splitlines() if len(x.split()) > 1}


def check_pure():
    sources = sorted(glob.glob('src/policy/*.c'))
    objects = [f'{BUILD}/obj/policy/{os.path.basename(x)[:-2]}.o' for x in sources]
    missing = [x for x in objects if not os.path.exists(x)]
    if missing or not objects:
        yield f'not built: {" ".join(missing) or "src/policy is empty"}'
        return
    defined = symbols(objects, '--defined-only')
    for name in sorted(symbols(objects, '-u') - defined - PURE):
        yield f'policy calls {name}'


def check_top():
    for name in sorted(os.listdir('.')):
        if name not in TOP and not name.startswith('.'):
            yield f'{name} does not belong at the top'


def check_neighbours():
    for folder, folders, files in os.walk('.'):
        if folder == '.':
            folders[:] = [x for x in folders if x not in ('.git', 'build', 'tests')]
            files = [x for x in files if x != 'Makefile']
        for name in files:
            with open(os.path.join(folder, name), 'rb') as f:
                if b'../shared' in f.read():
                    yield f'{folder}/{name} names ../shared'


CHECKS = [
    ('includes go down only', check_floors),
    ('src holds the floors', check_folders),
    ('GMime, libcurl and SQLite on their floors', check_outside),
    ('policy is pure', check_pure),
    ('the top holds what the layout allows', check_top),
    ('nothing outside the tree is named', check_neighbours),
]

os.chdir(ROOT)
print(f'1..{len(CHECKS)}')
for number, (what, check) in enumerate(CHECKS, 1):
    found = list(check())
    print(f'{"not ok" if found else "ok"} {number} - {what}', flush=True)
    for line in found:
        os.write(2, f'# {line}\n'.encode())
