/* letters_digest.c: tells one state of the template folder from another. */
#include <string.h>
#include <sys/stat.h>

#include "mail/letter.h"

/* The number is raised when the trial of a letter finds more than before. */
#define TRIAL RN_VERSION " 1"
#define MAX_FILE (1 << 20)	/* bytes; no template is as long, and what is there besides is not read */

static gint
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in DIR, in order; NULL if it cannot be read. */
static GPtrArray *
names(const char *dir)
{
	GDir *folder = g_dir_open(dir, 0, NULL);
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	if (folder == NULL) {
		g_ptr_array_unref(found);
		return NULL;
	}
	while ((name = g_dir_read_name(folder)) != NULL)
		g_ptr_array_add(found, g_strdup(name));
	g_dir_close(folder);
	g_ptr_array_sort(found, by_name);
	return found;
}

/* FALSE for what is no file, cannot be read, or is too long. */
static gboolean
contents(const char *path, char **text, gsize *len)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MAX_FILE &&
	    g_file_get_contents(path, text, len, NULL);
}

/* Adds the files in DIR, and those in its folders down to DEPTH. FALSE: something cannot be read. */
static gboolean
add(GChecksum *sum, const char *dir, int depth)
{
	g_autoptr(GPtrArray) all = names(dir);

	for (guint i = 0; all != NULL && i < all->len; i++) {
		g_autofree char *path = g_build_filename(dir, all->pdata[i], NULL);
		g_autofree char *text = NULL;
		gsize len = 0;

		g_checksum_update(sum, all->pdata[i], (gssize)strlen(all->pdata[i]) + 1);
		if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			if (depth > 0 && !add(sum, path, depth - 1))
				return FALSE;
		} else if (!contents(path, &text, &len)) {
			return FALSE;
		}
		g_checksum_update(sum, (const guchar *)&len, sizeof(len));
		if (text != NULL)
			g_checksum_update(sum, (const guchar *)text, (gssize)len);
	}
	return all != NULL;
}

char *
rn_letters_digest(const char *dir)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(sum, (const guchar *)TRIAL, sizeof(TRIAL));
	return add(sum, dir, 1) ? g_strdup(g_checksum_get_string(sum)) : NULL;
}
