/* keys.c: rings that were read, the last one in use. Old ones stay until the end, for another thread may be
 * looking at them: there is one for each time that somebody rotated. */
#include "core/keys.h"

#include <pthread.h>	/* not GMutex: GLib locks by futex, which the thread sanitizer cannot see */
#include <sys/stat.h>

#include "base/log.h"

/* What tells one content of a file from another: a rotation puts a new file into its place. */
typedef struct {
	ino_t		 inode;
	off_t		 size;
	struct timespec	 written;
} Stamp;

struct RnKeys {
	char		*file;
	pthread_mutex_t	 lock;		/* guards what follows */
	Stamp		 stamp;		/* of the file that was read last, or could not be read */
	GPtrArray	*rings;		/* RnKeyRing */
	gboolean	 play;		/* the file does not count */
};

static void
free_ring(gpointer ring)
{
	rn_keyring_free(ring);
}

/* All zero if there is no FILE. */
static Stamp
stamp_of(const char *file)
{
	struct stat st;

	if (stat(file, &st) != 0)
		return (Stamp){ 0 };
	return (Stamp){ st.st_ino, st.st_size, st.st_mtim };
}

static gboolean
same(const Stamp *a, const Stamp *b)
{
	return a->inode == b->inode && a->size == b->size && a->written.tv_sec == b->written.tv_sec &&
	    a->written.tv_nsec == b->written.tv_nsec;
}

RnKeys *
rn_keys_open(const char *file, GError **error)
{
	Stamp stamp = stamp_of(file);
	RnKeyRing *ring = rn_keyring_read(file, error);
	RnKeys *k;

	if (ring == NULL)
		return NULL;
	k = g_new0(RnKeys, 1);
	k->file = g_strdup(file);
	pthread_mutex_init(&k->lock, NULL);
	k->stamp = stamp;
	k->rings = g_ptr_array_new_with_free_func(free_ring);
	g_ptr_array_add(k->rings, ring);
	return k;
}

void
rn_keys_close(RnKeys *k)
{
	if (k == NULL)
		return;
	g_ptr_array_unref(k->rings);
	pthread_mutex_destroy(&k->lock);
	g_free(k->file);
	g_free(k);
}

static void
read_again(RnKeys *k)
{
	g_autoptr(GError) error = NULL;
	RnKeyRing *ring = rn_keyring_read(k->file, &error);

	rn_log(ring != NULL ? RN_LOG_INFO : RN_LOG_ERROR, "-", "keys", "file", k->file, "error",
	    error != NULL ? error->message : NULL, "do",
	    ring != NULL ? "the file has changed and was read again" : "the old keys stay in use", NULL);
	if (ring != NULL)
		g_ptr_array_add(k->rings, ring);
}

const RnKeyRing *
rn_keys_now(RnKeys *k)
{
	Stamp stamp = stamp_of(k->file);
	const RnKeyRing *ring;

	pthread_mutex_lock(&k->lock);
	if (!k->play && !same(&stamp, &k->stamp)) {
		k->stamp = stamp;
		read_again(k);
	}
	ring = g_ptr_array_index(k->rings, k->rings->len - 1);
	pthread_mutex_unlock(&k->lock);
	return ring;
}

void
rn_keys_rehearse(RnKeys *k)
{
	pthread_mutex_lock(&k->lock);
	k->play = TRUE;
	g_ptr_array_add(k->rings, rn_keyring_rehearsal(g_ptr_array_index(k->rings, k->rings->len - 1)));
	pthread_mutex_unlock(&k->lock);
}
