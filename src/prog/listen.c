#include "prog/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "prog/supervise.h"

#define BACKLOG 128

static gboolean
failed(const char *path, const char *what, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s: %s", path, what, g_strerror(errno));
	return FALSE;
}

/* Two doors that start at once could each take the other's new socket for a dead one: the lock lets one of
 * them in. */
static gboolean
take_lock(RnListen *l, GError **error)
{
	g_autofree char *lock = g_strconcat(l->path, ".lock", NULL);

	l->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->lock_fd < 0)
		return failed(
		    lock, "cannot make it; does the folder exist, and may this user write there?", error);
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_STATE,
	    "%s: another process serves this socket already; stop it first", l->path);
	return FALSE;
}

/* Removes the socket file of a process that is gone. */
static gboolean
clear_place(const char *path, const struct sockaddr_un *addr, GError **error)
{
	struct stat st;
	int fd, answered;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? TRUE : failed(path, "cannot look at it", error);
	if (!S_ISSOCK(st.st_mode)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: there is a file that is no socket; choose another path", path);
		return FALSE;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return failed(path, "cannot make a socket", error);
	answered = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0 || errno != ECONNREFUSED;
	close(fd);
	if (answered) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE,
		    "%s: another process serves this socket already; stop it first", path);
		return FALSE;
	}
	return unlink(path) == 0 || errno == ENOENT ? TRUE :
	                                              failed(path, "cannot remove the old socket", error);
}

/* 660, read in decimal, is the mode 0660; the settings have checked the digits. */
static mode_t
mode_of(int written)
{
	return (mode_t)((written / 100 % 10) << 6 | (written / 10 % 10) << 3 | written % 10);
}

static gboolean
set_rights(const char *path, mode_t mode, const char *group, GError **error)
{
	if (*group != '\0') {
		const struct group *g = getgrnam(group);

		if (g == NULL) {
			g_set_error(
			    error, RN_ERROR, RN_ERR_CONFIG, "socket-group: there is no group \"%s\"", group);
			return FALSE;
		}
		if (chown(path, (uid_t)-1, g->gr_gid) != 0)
			return failed(path, "cannot give it to the group", error);
	}
	return chmod(path, mode) == 0 ? TRUE : failed(path, "cannot set its mode", error);
}

/* Nobody but us can connect before the rights are set. */
static gboolean
bind_closed(int fd, const struct sockaddr_un *addr)
{
	mode_t old = umask(0177);
	gboolean ok = bind(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0;

	umask(old);
	return ok;
}

static gboolean
make_socket(RnListen *l, mode_t mode, const char *group, GError **error)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(l->path) >= sizeof(addr.sun_path)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: the path is too long for a socket (%d characters at most)", l->path,
		    (int)sizeof(addr.sun_path) - 1);
		return FALSE;
	}
	memcpy(addr.sun_path, l->path, strlen(l->path));
	if (!take_lock(l, error) || !clear_place(l->path, &addr, error))
		return FALSE;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0 || !bind_closed(l->fd, &addr))
		return failed(l->path, "cannot bind", error);
	if (!set_rights(l->path, mode, group, error)) {
		unlink(l->path);
		return FALSE;
	}
	return listen(l->fd, BACKLOG) == 0 ? TRUE : failed(l->path, "cannot listen", error);
}

gboolean
rn_listen_open(RnListen *l, const char *path, int mode, const char *group, GError **error)
{
	*l = (RnListen){ .fd = -1, .lock_fd = -1 };
	if (!rn_supervise_socket(&l->fd, error))
		return FALSE;
	if (l->fd >= 0)
		return TRUE;
	l->path = g_strdup(path);
	if (make_socket(l, mode_of(mode), group, error))
		return TRUE;
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock_fd >= 0)
		close(l->lock_fd);
	g_clear_pointer(&l->path, g_free);
	l->fd = l->lock_fd = -1;
	return FALSE;
}

void
rn_listen_close(RnListen *l)
{
	if (l->path != NULL && l->fd >= 0)
		unlink(l->path);
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock_fd >= 0)
		close(l->lock_fd);	/* the file stays: removing it would let two in at once */
	g_clear_pointer(&l->path, g_free);
	l->fd = l->lock_fd = -1;
}
