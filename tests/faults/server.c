/* server.c: forks the program for each request. A request is one packet of fields that end in NUL: slot,
 * depth, rules, file for standard input, file for standard output and error, environment ("NAME=value", ""
 * ends it), and the arguments. Answers: "pid N"; "end N STATUS" for each child that ended. "cut" kills
 * everything that was started and all below it, and answers "clear" when nothing is left. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim.h"

#define PACKET 16384
#define CHILDREN 256

static char packet[PACKET];
static char *words[256];
static pid_t children[CHILDREN];	/* leaders of groups; a few may be gone */
static int n_children;

static void
map_control(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	fault_control = fd >= 0 ?
	    mmap(NULL, sizeof(FaultControl), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) :
	    MAP_FAILED;
	if (fault_control == MAP_FAILED)
		abort();
	close(fd);
}

static void
say(int to, const char *text)
{
	if (send(to, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void
redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(99);
	close(fd);
}

/* In the child: from here on it is the program. */
static char **
become(char **field, int n, int *argc)
{
	int i = 5;

	redirect(field[3], O_RDONLY, STDIN_FILENO);
	redirect(field[4], O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	for (; i < n && *field[i] != '\0'; i++)
		putenv(field[i]);
	unsetenv("LD_PRELOAD");	/* what the program starts is left alone */
	*argc = n - i;
	field[i] = (char *)"rinnova";
	field[n] = NULL;
	fault_rules(field[2], atoi(field[0]), atoi(field[1]));
	return field + i;
}

static int
split(ssize_t len)
{
	int n = 0;

	for (char *p = packet; p < packet + len && n < 255; p += strlen(p) + 1)
		words[n++] = p;
	return n;
}

static void
reap(int server, int wait_all)
{
	char text[64];
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, wait_all ? 0 : WNOHANG)) > 0) {
		for (int i = 0; i < n_children; i++)
			if (children[i] == pid)
				children[i--] = children[--n_children];
		snprintf(text, sizeof(text), "end %d %d", pid, status);
		say(server, text);
	}
}

static void
cut(int server)
{
	for (int i = 0; i < n_children; i++)
		kill(-children[i], SIGKILL);
	reap(server, 1);
	say(server, "clear");
}

/* One request. TRUE in the child. */
static int
take(int server, const sigset_t *before)
{
	ssize_t len = recv(server, packet, sizeof(packet) - 1, 0);
	char text[64];
	pid_t pid;

	if (len <= 0)
		_exit(0);
	packet[len] = '\0';
	if (strcmp(packet, "cut") == 0) {
		cut(server);
		return 0;
	}
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigprocmask(SIG_SETMASK, before, NULL);
		return (int)len;
	}
	setpgid(pid, pid);
	if (n_children < CHILDREN)
		children[n_children++] = pid;
	snprintf(text, sizeof(text), "pid %d", pid);
	say(server, text);
	return 0;
}

char **
fault_serve(int *argc)
{
	const char *number = getenv("FAULTS_SERVER"), *control = getenv("FAULTS_CONTROL");
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	struct signalfd_siginfo info;
	sigset_t child, before;
	int len = 0;

	if (control != NULL)
		map_control(control);
	if (number == NULL)
		return NULL;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	fds[0].fd = atoi(number);
	fds[1].fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	while (len == 0) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			_exit(1);
		if (fds[1].revents != 0 && read(fds[1].fd, &info, sizeof(info)) > 0)
			reap(fds[0].fd, 0);
		if (fds[0].revents != 0)
			len = take(fds[0].fd, &before);
	}
	close(fds[0].fd);
	close(fds[1].fd);
	unsetenv("FAULTS_SERVER");
	return become(words, split(len), argc);
}
