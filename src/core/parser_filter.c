/* parser_filter.c: the filter of system calls, written by hand for the kernel's small machine (BPF).
 * libseccomp asks the kernel first, by seccomp(2), whether it may end a whole process; under a service
 * manager's filter, which leaves only prctl(2), it takes the refusal for a no. */
#include "core/parser_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#define OUR_ARCH 0	/* no filter is known for it */
#endif

#define MAX_CODE 400	/* instructions; the kernel takes 4096 */

/* What an argument must be like for a call to be allowed. */
typedef enum {
	ANY,
	TALK,		/* the first is the descriptor to the daemon */
	TALK_THERE,	/* the same, and no address is named */
	SILENT,		/* the first is standard output or error, and both are /dev/null */
	MEMORY,		/* of its own, and never to be executed: no file is mapped */
	UNEXECUTED,	/* the same for memory that is there */
	NOWHERE		/* answers ENOENT, so that a library that looks for a file goes on without it */
} Form;

/* The calls that come often stand first. A number of another machine's calls (x32, i386, arm) is in no row.
 */
static const struct {
	int	nr;
	Form	form;
} rules[] = {
	{ __NR_read, TALK },
	{ __NR_sendto, TALK_THERE },
	{ __NR_setitimer, ANY },
	{ __NR_brk, ANY },
	{ __NR_mmap, MEMORY },
	{ __NR_munmap, ANY },
	{ __NR_mremap, ANY },
	{ __NR_madvise, ANY },
	{ __NR_mprotect, UNEXECUTED },
	{ __NR_futex, ANY },
	{ __NR_clock_gettime, ANY },	/* mostly answered without the kernel, but not on every clock source */
	{ __NR_gettimeofday, ANY },
	{ __NR_getrandom, ANY },	/* OpenSSL */
	{ __NR_getpid, ANY },		/* OpenSSL asks whether it was forked */
	{ __NR_rt_sigreturn, ANY },
	{ __NR_rt_sigprocmask, ANY },
	{ __NR_restart_syscall, ANY },	/* after a stop */
	{ __NR_write, SILENT },
	{ __NR_exit_group, ANY },
	{ __NR_exit, ANY },
	{ __NR_openat, NOWHERE },
	{ __NR_openat2, NOWHERE },
	{ __NR_newfstatat, NOWHERE },
	{ __NR_fstat, NOWHERE },
	{ __NR_statx, NOWHERE },
	{ __NR_faccessat, NOWHERE },
	{ __NR_faccessat2, NOWHERE },
	{ __NR_readlinkat, NOWHERE },
#ifdef __NR_open
	{ __NR_open, NOWHERE },
	{ __NR_stat, NOWHERE },
	{ __NR_lstat, NOWHERE },
	{ __NR_access, NOWHERE },
	{ __NR_readlink, NOWHERE },
	{ __NR_time, ANY },
#endif
};

typedef struct {
	struct sock_filter code[MAX_CODE];
	unsigned short	 n;
} Program;

static void
put(Program *p, int code, guint32 k, guint8 yes, guint8 no)
{
	g_assert(p->n < MAX_CODE);
	p->code[p->n++] = (struct sock_filter){ (guint16)code, yes, no, k };
}

static void
load(Program *p, gsize offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (guint32)offset, 0, 0);
}

static void
end(Program *p, guint32 action)
{
	put(p, BPF_RET | BPF_K, action, 0, 0);
}

/* The low or the high half of argument I. Both machines have the low one first. */
static void
load_argument(Program *p, guint i, gboolean high)
{
	load(p, offsetof(struct seccomp_data, args) + i * sizeof(guint64) + (high ? sizeof(guint32) : 0));
}

/* Ends the process unless what was loaded is VALUE. */
static void
must_be(Program *p, guint32 value)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
	end(p, SECCOMP_RET_KILL_PROCESS);
}

/* Ends the process unless what was loaded has a bit of BITS, or has none of them. */
static void
must_have(Program *p, guint32 bits, gboolean any)
{
	put(p, BPF_JMP | BPF_JSET | BPF_K, bits, any ? 1 : 0, any ? 0 : 1);
	end(p, SECCOMP_RET_KILL_PROCESS);
}

static void
put_talk(Program *p, gboolean no_address)
{
	load_argument(p, 0, FALSE);
	must_be(p, RN_CHILD_FD);
	for (int half = 0; half < 2 && no_address; half++) {
		load_argument(p, 4, half == 1);
		must_be(p, 0);
	}
}

static void
put_silent(Program *p)
{
	load_argument(p, 0, FALSE);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, STDERR_FILENO, 2, 0);
	must_be(p, STDOUT_FILENO);
}

static void
put_form(Program *p, Form form)
{
	switch (form) {
	case TALK:
	case TALK_THERE:
		put_talk(p, form == TALK_THERE);
		break;
	case SILENT:
		put_silent(p);
		break;
	case MEMORY:
	case UNEXECUTED:
		load_argument(p, 2, FALSE);
		must_have(p, PROT_EXEC, FALSE);
		if (form == UNEXECUTED)
			break;
		load_argument(p, 3, FALSE);
		must_have(p, MAP_ANONYMOUS, TRUE);
		break;
	default:
		break;
	}
	end(p, form == NOWHERE ? SECCOMP_RET_ERRNO | ENOENT : SECCOMP_RET_ALLOW);
}

static void
build(Program *p)
{
	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	must_be(p, OUR_ARCH);
	load(p, offsetof(struct seccomp_data, nr));
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		unsigned short start = p->n;

		put(p, BPF_JMP | BPF_JEQ | BPF_K, (guint32)rules[i].nr, 0, 0);
		put_form(p, rules[i].form);
		p->code[start].jf = (guint8)(p->n - start - 1);
	}
	end(p, SECCOMP_RET_KILL_PROCESS);
}

gboolean
rn_filter_possible(GError **error)
{
	const char *why = NULL;

	/* seccomp(2): a kernel that knows filters looks at the pointer before anything else */
	if (OUR_ARCH == 0)
		why = "no filter is known for this kind of processor";
	else if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == 0 || errno != EFAULT)
		why = g_strerror(errno);
	if (why == NULL)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "the parser cannot be kept from system calls here (seccomp: %s): use a kernel that can, or do without by "
	    "parser-filter = no in [lmtp]",
	    why);
	return FALSE;
}

gboolean
rn_filter_apply(void)
{
	Program p;
	struct sock_fprog prog = { .filter = p.code };

	build(&p);
	prog.len = p.n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
}
