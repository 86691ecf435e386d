#include "prog/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3	/* SD_LISTEN_FDS_START */

void
rn_supervise_tell(const char *state)
{
	const char *path = g_getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	gsize len;
	ssize_t n;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@') || (len = strlen(path)) >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')	/* a name without a file */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	n = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)n;	/* a manager that is gone restarts us or does not; the mail comes first */
	close(fd);
}

/* The variable NAME as a number, 0 if it is not there or none. */
static guint64
number_of(const char *name)
{
	const char *text = g_getenv(name);
	guint64 n;

	return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &n, NULL) ? n : 0;
}

gint64
rn_supervise_watchdog(void)
{
	if (g_getenv("WATCHDOG_PID") != NULL && number_of("WATCHDOG_PID") != (guint64)getpid())
		return 0;
	return (gint64)number_of("WATCHDOG_USEC") / 2;
}

gboolean
rn_supervise_socket(int *fd, GError **error)
{
	guint64 n = number_of("LISTEN_FDS");
	int listening = 0;
	socklen_t len = sizeof(listening);

	*fd = -1;
	if (n == 0 || number_of("LISTEN_PID") != (guint64)getpid())
		return TRUE;
	if (n > 1) {
		g_set_error_literal(
		    error, RN_ERROR, RN_ERR_CONFIG, "LISTEN_FDS: one socket is wanted, not several");
		return FALSE;
	}
	if (getsockopt(FIRST_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening ||
	    fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) != 0) {
		g_set_error_literal(
		    error, RN_ERROR, RN_ERR_CONFIG, "LISTEN_FDS: descriptor 3 is no listening stream socket");
		return FALSE;
	}
	*fd = FIRST_FD;
	return TRUE;
}
