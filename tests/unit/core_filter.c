/* core_filter.c: what a parser child can do that a hostile mail has taken over: nothing. Each try runs in a
 * process of its own that was hardened as every child is. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/parser_filter.h"
#include "core/parser_wire.h"
#include "store_house.h"

#define KILLED (-1)
#define NOBODY 0x7ffffff0	/* over the highest number of a process */
#define SECRET "somebody's mail"

static const RnParserHow usual = { .timeout = 5, .max = 1, .limits = { .max_bytes = 1 << 20 } };
static const RnParserHow unfiltered = {
	.timeout = 5, .max = 1, .unfiltered = TRUE, .limits = { .max_bytes = 1 << 20 }
};

/* One system call by its number: the library's own functions might answer without the kernel. */
typedef struct {
	const char	*what;
	long		 nr;
	long		 args[6];
	int		 want;		/* errno, 0 for success, KILLED */
} Try;

/* Runs T in a hardened process. Its errno, 0, KILLED, or -2 if it ended otherwise. */
static int
run(const Try *t, const RnParserHow *how)
{
	int pair[2], status = 0, said = -2;
	pid_t pid;

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		long got;

		dup2(open("/dev/null", O_RDWR), STDIN_FILENO);	/* as the zygote does */
		rn_parser_harden(pair[1], how);
		got = syscall(t->nr, t->args[0], t->args[1], t->args[2], t->args[3], t->args[4], t->args[5]);
		said = got < 0 && got >= -4095 ? errno : 0;
		send(RN_CHILD_FD, &said, sizeof(said), MSG_NOSIGNAL);
		_exit(0);
	}
	close(pair[1]);
	if (recv(pair[0], &said, sizeof(said), MSG_WAITALL) != sizeof(said))
		said = -2;
	close(pair[0]);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? KILLED : said;
}

static void
run_all(const Try *tries, gsize n, const RnParserHow *how)
{
	for (gsize i = 0; i < n; i++) {
		int got = run(&tries[i], how);

		if (got != tries[i].want)
			g_test_fail_printf("%s: got %d (%s), want %d", tries[i].what, got,
			    got > 0 ? g_strerror(got) : "-", tries[i].want);
	}
}

static gboolean
skipped(void)
{
	if (RN_SANITIZED)
		g_test_skip("a sanitizer's children have no filter");
	return RN_SANITIZED;
}

#define P(x) ((long)(gsize)(x))

/* Whoever looks for a file finds none; what was meant for a file is not there either. Here as in all that
 * follows, a try that nothing stops must do no harm: the tests may run as root. */
static void
test_files(void)
{
	static char buf[256];
	g_autofree char *other = NULL;
	House h;
	char *store = NULL;

	if (skipped())
		return;
	house_begin(&h);
	store = h.path;
	other = g_build_filename(h.folder, "other", NULL);
	{
		const Try tries[] = {
			{ "openat", SYS_openat, { AT_FDCWD, P("/etc/passwd"), O_RDONLY }, ENOENT },
			{ "openat to create", SYS_openat, { AT_FDCWD, P(other), O_RDWR | O_CREAT, 0600 }, ENOENT },
			{ "openat of the store", SYS_openat, { AT_FDCWD, P(store), O_RDWR }, ENOENT },
			{ "openat2", SYS_openat2, { AT_FDCWD, P("/etc/passwd"), P(buf), 24 }, ENOENT },
			{ "newfstatat", SYS_newfstatat, { AT_FDCWD, P("/etc/passwd"), P(buf) }, ENOENT },
			{ "readlinkat", SYS_readlinkat, { AT_FDCWD, P("/proc/self/exe"), P(buf), 100 }, ENOENT },
			{ "unlinkat of the store", SYS_unlinkat, { AT_FDCWD, P(store) }, KILLED },
			{ "renameat2 of the store", SYS_renameat2, { AT_FDCWD, P(store), AT_FDCWD, P(other) }, KILLED },
			{ "mkdirat", SYS_mkdirat, { AT_FDCWD, P(other), 0700 }, KILLED },
			{ "memfd_create", SYS_memfd_create, { P("x") }, KILLED },
			{ "getdents64", SYS_getdents64, { 0, P(buf), 100 }, KILLED },
			{ "getcwd", SYS_getcwd, { P(buf), 100 }, KILLED },
			{ "mount", SYS_mount, { 0, P(other), P("none such") }, KILLED },
			{ "io_uring_setup", SYS_io_uring_setup, { 4, P(buf) }, KILLED },
#ifdef SYS_open
			{ "open", SYS_open, { P("/etc/passwd"), O_RDONLY }, ENOENT },
			{ "open of the store", SYS_open, { P(store), O_RDWR }, ENOENT },
			{ "stat", SYS_stat, { P("/etc/passwd"), P(buf) }, ENOENT },
			{ "unlink", SYS_unlink, { P(store) }, KILLED },
#endif
		};

		run_all(tries, G_N_ELEMENTS(tries), &usual);
	}
	g_assert_true(g_file_test(store, G_FILE_TEST_EXISTS));
	g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
	house_end(&h);
}

/* A descriptor of the daemon's: it is closed, and without that the call would be the end. */
static void
test_handles(void)
{
	House h;
	int fd;

	house_begin(&h);
	fd = fcntl(open(h.path, O_RDWR), F_DUPFD, 50);
	g_assert_cmpint(fd, >=, 50);
	{
		const Try write_it = { "pwrite64 to the store", SYS_pwrite64, { fd, P(SECRET), 4, 0 }, 0 };

		g_assert_cmpint(run(&write_it, &unfiltered), ==, EBADF);
		if (!RN_SANITIZED)
			g_assert_cmpint(run(&write_it, &usual), ==, KILLED);
	}
	close(fd);
	g_assert_true(rn_store_check(h.store, NULL));
	house_end(&h);
}

static void
test_others(void)
{
	static char *argv[] = { (char *)"true", NULL };
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
	struct msghdr msg = { 0 };
	int two[2];
	const Try tries[] = {
		{ "socket", SYS_socket, { AF_UNIX, SOCK_STREAM }, KILLED },
		{ "socket to the network", SYS_socket, { AF_INET, SOCK_STREAM }, KILLED },
		{ "socketpair", SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0, P(two) }, KILLED },
		{ "connect", SYS_connect, { RN_CHILD_FD, P(&to), sizeof(to) }, KILLED },
		{ "sendto with an address", SYS_sendto, { RN_CHILD_FD, P("x"), 1, 0, P(&to), sizeof(to) }, KILLED },
		{ "sendto elsewhere", SYS_sendto, { 0, P("x"), 1 }, KILLED },
		{ "sendmsg, which could give a handle", SYS_sendmsg, { RN_CHILD_FD, P(&msg), MSG_DONTWAIT }, KILLED },
		{ "recvmsg", SYS_recvmsg, { RN_CHILD_FD, P(&msg), MSG_DONTWAIT }, KILLED },
		{ "pipe2", SYS_pipe2, { P(two) }, KILLED },
		{ "dup", SYS_dup, { RN_CHILD_FD }, KILLED },
		{ "read elsewhere", SYS_read, { 0, P(two), 1 }, KILLED },
		{ "write to the daemon, not as an answer", SYS_write, { RN_CHILD_FD, P("x"), 1 }, KILLED },
		{ "clone", SYS_clone, { CLONE_THREAD }, KILLED },
		{ "clone3", SYS_clone3, { 0, 64 }, KILLED },
		{ "execve", SYS_execve, { P("/"), P(argv), P(argv + 1) }, KILLED },
		{ "execveat", SYS_execveat, { AT_FDCWD, P("/"), P(argv), P(argv + 1) }, KILLED },
		{ "kill", SYS_kill, { NOBODY, 0 }, KILLED },
		{ "tgkill", SYS_tgkill, { NOBODY, NOBODY, 0 }, KILLED },
		{ "ptrace", SYS_ptrace, { PTRACE_ATTACH, NOBODY }, KILLED },
		{ "process_vm_readv", SYS_process_vm_readv, { NOBODY }, KILLED },
		{ "prctl", SYS_prctl, { PR_SET_DUMPABLE, 1 }, KILLED },
		{ "prlimit64", SYS_prlimit64, { 0 }, KILLED },
		{ "setuid", SYS_setuid, { -1 }, KILLED },
		{ "unshare", SYS_unshare, { 0 }, KILLED },
		{ "bpf", SYS_bpf, { 0 }, KILLED },
		{ "keyctl", SYS_keyctl, { 0 }, KILLED },
		{ "memory to be executed", SYS_mmap,
		    { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 }, KILLED },
		{ "a file as memory", SYS_mmap, { 0, 4096, PROT_READ, MAP_PRIVATE, RN_CHILD_FD, 0 }, KILLED },
		{ "mprotect to execute", SYS_mprotect, { 4096, 4096, PROT_READ | PROT_EXEC }, KILLED },
		{ "a call that there will be one day", 4000, { 0 }, KILLED },
#ifdef __x86_64__
		{ "a call of x32", 0x40000000 | 520, { P("/"), P(argv), P(argv + 1) }, KILLED },
#endif
	};

	if (!skipped())
		run_all(tries, G_N_ELEMENTS(tries), &usual);
}

/* What reading a message takes. */
static void
test_allowed(void)
{
	static char buf[64];
	const Try tries[] = {
		{ "memory", SYS_mmap, { 0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 }, 0 },
		{ "chance", SYS_getrandom, { P(buf), 16 }, 0 },
		{ "a timer", SYS_setitimer, { 0, P(buf), 0 }, 0 },
		{ "the clock", SYS_clock_gettime, { CLOCK_MONOTONIC, P(buf) }, 0 },
		{ "a word to nobody", SYS_write, { 2, P(""), 0 }, 0 },
		{ "who am I", SYS_getpid, { 0 }, 0 },
	};

	run_all(tries, G_N_ELEMENTS(tries), &usual);
}

/* Calls of a 32-bit machine have other numbers: 5 opens a file there, and is fstat here. */
static void
test_other_machine(void)
{
#ifdef __x86_64__
	int status;
	pid_t pid;

	if (skipped())
		return;
	pid = fork();
	if (pid == 0) {
		long got = 20;	/* getpid */

		rn_parser_harden(open("/dev/null", O_RDWR), &usual);
		__asm__ volatile("int $0x80" : "+a"(got) : : "memory");
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status));	/* SIGSYS, or SIGSEGV on a kernel without 32 bits */
#else
	g_test_skip("this machine has no second kind of calls");
#endif
}

/* A kernel, or a container, that refuses filters. */
static void
refuse_filters(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { G_N_ELEMENTS(code), code };

	g_assert_cmpint(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
	g_assert_cmpint(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), ==, 0);
}

static int
start_refused(void)
{
	RnParserHow how = { .timeout = 5, .max = 1 };
	g_autoptr(GError) error = NULL;
	g_autoptr(RnParser) p = NULL;

	refuse_filters();
	if (rn_parser_start(&how, &error) != NULL)
		return 1;
	if (!g_error_matches(error, RN_ERROR, RN_ERR_CONFIG) ||
	    strstr(error->message, "parser-filter = no") == NULL)
		return 2;
	how.unfiltered = TRUE;
	p = rn_parser_start(&how, NULL);
	return p != NULL ? 0 : 3;
}

static void
test_refused(void)
{
	int status;
	pid_t pid;

	if (skipped())
		return;
	g_assert_true(rn_filter_possible(NULL));
	pid = fork();
	if (pid == 0)
		_exit(start_refused());
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/filter/files", test_files);
	g_test_add_func("/core/filter/handles", test_handles);
	g_test_add_func("/core/filter/others", test_others);
	g_test_add_func("/core/filter/allowed", test_allowed);
	g_test_add_func("/core/filter/other-machine", test_other_machine);
	g_test_add_func("/core/filter/refused", test_refused);
	return g_test_run();
}
