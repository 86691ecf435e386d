/* doctor_store.c: the store, its rights and the space that is left for it. */
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/doctor.h"
#include "core/keep.h"

#define SPACE_FAIL (64 << 20)	/* bytes: a day of mail, and the log of the store */
#define SPACE_WARN (512 << 20)

/* The file of a store that is one; NULL for a server. */
static const char *
file_of(const RnSite *site)
{
	return g_str_has_prefix(site->store, "sqlite:") ? site->store + strlen("sqlite:") : NULL;
}

static void
check_rights(const char *file, GPtrArray *list)
{
	struct stat st;

	if (stat(file, &st) == 0 && (st.st_mode & 0007) != 0) {
		g_autofree char *todo = g_strdup_printf("chmod o-rwx %s", file);

		rn_find(list, RN_FIND_WARN, "store rights", "every user of this machine may open the store",
		    todo);
	}
}

static void
check_space(const char *file, GPtrArray *list)
{
	g_autofree char *folder = g_path_get_dirname(file);
	g_autofree char *size = NULL;
	struct statvfs fs;
	guint64 left;

	if (statvfs(folder, &fs) != 0)
		return;
	left = (guint64)fs.f_bavail * fs.f_frsize;
	size = g_format_size(left);
	rn_find_take(list,
	    left < SPACE_FAIL     ? RN_FIND_FAIL :
	        left < SPACE_WARN ? RN_FIND_WARN :
	                            RN_FIND_OK,
	    "free space", g_strdup_printf("%s in %s", size, folder),
	    left < SPACE_WARN ? "make room: when it is full, mail waits in the mail server's queue" : NULL);
}

static void
check_store_keys(const RnSite *site, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	guint n = 0;

	if (rn_keep_check(site, &n, &error))
		text = n == 0 ? g_strdup("none: mails and documents stand in the clear") :
		                g_strdup_printf("%u, the first encrypts", n);
	rn_find_by(list, &error, "store keys", text,
	    "put the key file back: without it mails and documents cannot be read");
}

void
rn_doctor_store(const RnSite *site, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnStore) store = rn_store_open(site->store, TRUE, &error);
	g_autofree char *detail =
	    g_strdup_printf("%s, schema %d", site->store, store != NULL ? rn_store_schema(store) : 0);
	const char *file = file_of(site);
	gboolean whole = store != NULL && rn_store_check(store, &error);

	rn_find_by(
	    list, &error, "store", detail, "stop the doors; then rinnova init for a new one, or the backup");
	if (file != NULL && whole)
		check_rights(file, list);
	if (file != NULL)
		check_space(file, list);
	check_store_keys(site, list);
}
