/* disk.c: what a power cut leaves. The folder FAULTS_ROOT is the disk as programs see it; FAULTS_SHADOW
 * holds, by inode, what was synced of each file, and in "names" the entries of the folder when that was last
 * synced. The test that cuts the power puts the one in the place of the other.
 *
 * Memory that is mapped (the -shm file of the write-ahead log) is not followed: it never counts on being on a
 * disk, for the first who opens the store after a crash makes it anew. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim.h"

#define PAGE 4096

/* System calls by number: the library's own are counted. */
static int
raw_open(const char *path, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

/* Makes TO what FROM holds. What stands in the file GONE at the same place, from a sync that failed, is left
 * out: the kernel takes a page that it could not write for clean, and the next sync says yes without it. */
static void
copy(int from, const char *to, const char *gone)
{
	char page[PAGE], lost[PAGE];
	int fd = raw_open(to, O_RDWR | O_CREAT), not = gone != NULL ? raw_open(gone, O_RDONLY) : -1;
	off_t at = 0;
	ssize_t n;

	if (fd < 0)
		return;
	syscall(SYS_flock, fd, LOCK_EX);	/* two that sync at once must not write what is older last */
	/* By the descriptor that is there: closing another one of the same file would drop SQLite's locks. */
	for (; (n = pread(from, page, sizeof(page), at)) > 0; at += n) {
		if (not >= 0 && pread(not, lost, sizeof(lost), at) == n && memcmp(page, lost, (size_t)n) == 0)
			continue;
		if (syscall(SYS_pwrite64, fd, page, n, at) != n)
			break;
	}
	syscall(SYS_ftruncate, fd, at);
	if (not >= 0)
		syscall(SYS_close, not );
	syscall(SYS_close, fd);
}

static void
keep_names(const char *root, const char *shadow)
{
	char part[4096], names[4096];
	struct dirent *e;
	DIR *dir = opendir(root);
	FILE *f;

	snprintf(part, sizeof(part), "%s/names.%d", shadow, getpid());
	snprintf(names, sizeof(names), "%s/names", shadow);
	f = fdopen(raw_open(part, O_WRONLY | O_CREAT | O_TRUNC), "w");
	if (dir == NULL || f == NULL)
		abort();
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.')
			fprintf(f, "%llu %s\n", (unsigned long long)e->d_ino, e->d_name);
	fclose(f);
	closedir(dir);
	syscall(SYS_rename, part, names);
}

/* The shadow of the file FD, in TO; 0 if it is none of ours. The folder itself is ours, too: then TO is "".
 */
static int
shadow_of(int fd, char *to, size_t size)
{
	const char *root = getenv("FAULTS_ROOT"), *shadow = getenv("FAULTS_SHADOW");
	char link[64], path[4096];
	struct stat st;
	ssize_t n;

	if (root == NULL || shadow == NULL || fstat(fd, &st) != 0)
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	to[0] = '\0';
	if (S_ISDIR(st.st_mode) && strcmp(path, root) == 0)
		return 1;
	if (!S_ISREG(st.st_mode) || strncmp(path, root, strlen(root)) != 0 || path[strlen(root)] != '/')
		return 0;
	snprintf(to, size, "%s/%llu", shadow, (unsigned long long)st.st_ino);
	return 1;
}

void
fault_synced(int fd)
{
	char to[4200], gone[4210];

	if (!shadow_of(fd, to, sizeof(to)))
		return;
	snprintf(gone, sizeof(gone), "%s.gone", to);
	if (*to == '\0')
		keep_names(getenv("FAULTS_ROOT"), getenv("FAULTS_SHADOW"));
	else
		copy(fd, to, gone);
}

void
fault_not_synced(int fd)
{
	char to[4200], gone[4210];

	if (!shadow_of(fd, to, sizeof(to)) || *to == '\0')
		return;
	snprintf(gone, sizeof(gone), "%s.gone", to);
	copy(fd, gone, NULL);
	atomic_store(&fault_control->gone, 1);
}

/* Another page than was lost: the next sync takes it along. */
void
fault_written(int fd, off_t at, size_t len)
{
	static const char other[PAGE] = "written again";
	char to[4200], gone[4210];
	struct stat st;
	int not ;

	if (atomic_load(&fault_control->gone) == 0 || !shadow_of(fd, to, sizeof(to)) || *to == '\0')
		return;
	snprintf(gone, sizeof(gone), "%s.gone", to);
	not = stat(gone, &st) == 0 ? raw_open(gone, O_RDWR) : -1;
	if (not < 0)
		return;
	for (off_t page = at / PAGE * PAGE; page < at + (off_t)len && page < st.st_size; page += PAGE)
		if (syscall(SYS_pwrite64, not, other, PAGE, page) != PAGE)
			abort();
	syscall(SYS_close, not );
}
