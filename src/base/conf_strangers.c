/* conf_strangers.c: sections and keys that nobody knows, most of them slips of the pen. */
#include "base/conf_file.h"

#include <string.h>

#define NAMES_SHOWN 3

/* Levenshtein's distance between A and B. */
static guint
distance(const char *a, const char *b)
{
	gsize n = strlen(b);
	g_autofree guint *row = g_new(guint, n + 1);

	for (gsize j = 0; j <= n; j++)
		row[j] = (guint)j;
	for (gsize i = 0; a[i] != '\0'; i++) {
		guint corner = row[0];

		row[0] = (guint)i + 1;
		for (gsize j = 0; j < n; j++) {
			guint swap = corner + (a[i] != b[j]);

			corner = row[j + 1];
			row[j + 1] = MIN(MIN(row[j], corner) + 1, swap);
		}
	}
	return row[n];
}

typedef struct {
	const char	*name;
	guint		 distance;
} Near;

static int
compare_near(gconstpointer a, gconstpointer b)
{
	const Near *x = a, *y = b;

	return x->distance != y->distance ? (x->distance < y->distance ? -1 : 1) : strcmp(x->name, y->name);
}

/* NAME once more in NEAR, unless it is there already. */
static void
add_near(GArray *near, const char *name, const char *wrong)
{
	Near one = { name, 0 };

	for (guint i = 0; i < near->len; i++)
		if (strcmp(g_array_index(near, Near, i).name, name) == 0)
			return;
	one.distance = distance(wrong, name);
	g_array_append_val(near, one);
}

/* Is SECTION of a file the one that PATTERN of a table means? "convention *" is any "convention NAME". */
static gboolean
section_is(const char *section, const char *pattern)
{
	gsize len = strlen(pattern);

	if (len > 1 && strcmp(pattern + len - 2, " *") == 0)
		return strncmp(section, pattern, len - 1) == 0 && section[len - 1] != '\0';
	return strcmp(section, pattern) == 0;
}

/* The known names nearest to that of PLACE, for a person; NULL if PLACE is known. Caller frees. */
static char *
nearest(const RnConfPlace *place, const RnConfKey *keys, gsize n)
{
	g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(Near));
	GString *names;

	for (gsize i = 0; i < n; i++) {
		gboolean same = section_is(place->section, keys[i].section);

		if (same && (place->key == NULL || strcmp(place->key, keys[i].key) == 0))
			return NULL;
		if (place->key == NULL)
			add_near(near, keys[i].section, place->section);
		else if (same)
			add_near(near, keys[i].key, place->key);
	}
	g_array_sort(near, compare_near);
	names = g_string_new(NULL);
	for (guint i = 0; i < near->len && i < NAMES_SHOWN; i++)
		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", g_array_index(near, Near, i).name);
	return g_string_free(names, FALSE);
}

gboolean
rn_conf_no_strangers(RnConf *conf, const RnConfKey *keys, gsize n, GError **error)
{
	for (guint i = 0; i < conf->places->len; i++) {
		const RnConfPlace *place = g_ptr_array_index(conf->places, i);
		g_autofree char *names = nearest(place, keys, n);

		if (names == NULL)
			continue;
		if (place->key == NULL)
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
			    "%s:%u: no section is called [%s]; allowed are, nearest first: %s", conf->name,
			    place->line, place->section, names);
		else
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
			    "%s:%u: [%s] knows no key \"%s\"; allowed are, nearest first: %s", conf->name,
			    place->line, place->section, place->key, names);
		return FALSE;
	}
	return TRUE;
}
