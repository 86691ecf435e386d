/* shim.h: a library that is preloaded (LD_PRELOAD) under the program as it is: calls of the C library fail,
 * stop short or kill on demand, the clock can be set, and what was not synced can be lost.
 *
 * One page of memory is shared with the test that drives it (FAULTS_CONTROL). A rule "w:3:2:EIO" says: from
 * the third write to a file on, two of them fail with EIO; "a:17:1:kill" kills the process before its 17th
 * step. */
#ifndef FAULTS_SHIM_H
#define FAULTS_SHIM_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is counted. A step is every call of the groups before it. */
typedef enum {
	FAULT_WRITE,	/* write, pwrite to a file */
	FAULT_SYNC,	/* fsync, fdatasync */
	FAULT_TRUNCATE,
	FAULT_OPEN,
	FAULT_SOCKET,	/* socket, connect, accept */
	FAULT_NET,	/* send, sendmsg, write to a socket */
	FAULT_LOCK,	/* flock */
	FAULT_NAME,	/* rename, unlink */
	FAULT_STEP,
	FAULT_MEMORY,	/* malloc, calloc, realloc: no step */
	FAULT_N
} FaultGroup;

#define FAULT_LETTERS "wstoknlraM"	/* of the groups, in a rule */
#define FAULT_RULES 8
#define FAULT_SLOTS 32

typedef struct {
	_Atomic uint32_t	calls[FAULT_N];
	_Atomic uint32_t	fired[FAULT_RULES];
} FaultSlot;

/* The shared page; tests/lib/shim.py knows this layout. */
typedef struct {
	_Atomic int64_t	clock;	/* seconds added to the time of day */
	_Atomic int64_t	room;	/* bytes that files may still grow by; negative: no limit */
	_Atomic int64_t	gone;	/* some sync has failed */
	FaultSlot	slots[FAULT_SLOTS];
} FaultControl;

typedef enum {
	FAULT_GO,	/* make the call */
	FAULT_FAIL,	/* fail with errno, which is set */
	FAULT_SHORT,	/* half of it only */
	FAULT_KILL_AFTER
} FaultWhat;

extern FaultControl *fault_control;

/* Is this process one whose calls are counted? Nothing else may be asked of the shim where it is not: a
 * parser's child may make no system call but its own. */
int fault_active(void);

/* Counts a call of GROUP and says what is to become of it. Kills where a rule says so. */
FaultWhat fault_next(FaultGroup group);

/* How many of LEN bytes the disk has room for. */
size_t fault_room(size_t len);

/* Kills this process at once. */
_Noreturn void fault_kill(void);

/* Takes SPEC, rules with commas between them, for this process at DEPTH forks below it. */
void fault_rules(const char *spec, int slot, int depth);

/* The power cut: what FD holds is on the disk from now on. Called before the sync itself: what is written
 * meanwhile may be on the disk or not. */
void fault_synced(int fd);

/* The sync of FD failed. What stands in it now will not come to the disk by a later sync unless it is written
 * again: the kernel takes pages that it could not write for clean. */
void fault_not_synced(int fd);
/* LEN bytes at AT are written again. */
void fault_written(int fd, off_t at, size_t len);

/* Forks the program for each request that comes on the descriptor FAULTS_SERVER; returns in the child only,
 * with its arguments. NULL where there is no server. */
char **fault_serve(int *argc);

#endif
