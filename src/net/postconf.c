#include "net/postconf.h"

#include <string.h>

#include "net/output.h"

#define POSTCONF "/usr/sbin/postconf"
#define POSTMAP "/usr/sbin/postmap"
#define FIELDS 7 /* of a line of master.cf before the command */

struct RnPostconf {
	char		*dir;
	GHashTable	*main;		/* name -> value, expanded */
	GHashTable	*own;		/* "service/type/name" -> value */
	GPtrArray	*services;
};

static void
service_free(gpointer data)
{
	RnService *s = data;

	g_free(s->name);
	g_free(s->type);
	g_strfreev(s->command);
	g_free(s);
}

void
rn_postconf_free(RnPostconf *p)
{
	if (p == NULL)
		return;
	g_free(p->dir);
	g_hash_table_unref(p->main);
	g_hash_table_unref(p->own);
	g_ptr_array_unref(p->services);
	g_free(p);
}

/* The output of postconf with OPTION for DIR. */
static char *
postconf(const char *dir, const char *option, GError **error)
{
	const char *usual[] = { POSTCONF, option, NULL };
	const char *there[] = { POSTCONF, "-c", dir, option, NULL };

	return rn_output_of(*dir == '\0' ? usual : there, "", NULL, error);
}

/* Lines "name = value" of what postconf prints with OPTION. */
static gboolean
read_values(GHashTable *into, const char *dir, const char *option, GError **error)
{
	g_autofree char *text = postconf(dir, option, error);
	g_auto(GStrv) lines = text != NULL ? g_strsplit(text, "\n", -1) : NULL;

	for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
		char *sign = strstr(lines[i], " =");

		if (sign == NULL)
			continue;
		*sign = '\0';
		g_hash_table_replace(into, g_strdup(lines[i]), g_strstrip(g_strdup(sign + 2)));
	}
	return text != NULL;
}

/* One line of postconf -M. */
static RnService *
service_of(const char *line)
{
	g_auto(GStrv) parts = g_strsplit_set(line, " \t", -1);
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	RnService *s;

	for (guint i = 0; parts[i] != NULL; i++)
		if (*parts[i] != '\0')
			g_ptr_array_add(words, parts[i]);
	if (words->len <= FIELDS)
		return NULL;
	g_ptr_array_add(words, NULL);
	s = g_new0(RnService, 1);
	s->name = g_strdup(words->pdata[0]);
	s->type = g_strdup(words->pdata[1]);
	s->chroot = strcmp(words->pdata[4], "y") == 0;	/* "-" is n since Postfix 3.0 */
	s->command = g_strdupv((char **)words->pdata + FIELDS);
	return s;
}

static gboolean
read_services(RnPostconf *p, GError **error)
{
	g_autofree char *text = postconf(p->dir, "-M", error);
	g_auto(GStrv) lines = text != NULL ? g_strsplit(text, "\n", -1) : NULL;

	for (guint i = 0; lines != NULL && lines[i] != NULL; i++) {
		RnService *s = service_of(lines[i]);

		if (s != NULL)
			g_ptr_array_add(p->services, s);
	}
	return text != NULL;
}

RnPostconf *
rn_postconf_read(const char *dir, GError **error)
{
	g_autoptr(RnPostconf) p = g_new0(RnPostconf, 1);

	p->dir = g_strdup(dir);
	p->main = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	p->own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	p->services = g_ptr_array_new_with_free_func(service_free);
	if (!read_values(p->main, dir, "-x", error) || !read_values(p->own, dir, "-P", error) ||
	    !read_services(p, error))
		return NULL;
	return g_steal_pointer(&p);
}

const char *
rn_postconf_get(const RnPostconf *p, const char *name)
{
	const char *value = g_hash_table_lookup(p->main, name);

	return value != NULL ? value : "";
}

const char *
rn_postconf_of(const RnPostconf *p, const RnService *service, const char *name)
{
	g_autofree char *key = g_strdup_printf("%s/%s/%s", service->name, service->type, name);
	const char *value = g_hash_table_lookup(p->own, key);

	return value != NULL ? value : rn_postconf_get(p, name);
}

const GPtrArray *
rn_postconf_services(const RnPostconf *p)
{
	return p->services;
}

const RnService *
rn_postconf_service(const RnPostconf *p, const char *name)
{
	for (guint i = 0; i < p->services->len; i++) {
		const RnService *s = g_ptr_array_index(p->services, i);

		if (strcmp(s->name, name) == 0 && strcmp(s->type, "unix") == 0)
			return s;
	}
	return NULL;
}

/* The value that TEXT, lines "key<tab>value" of postmap, has for KEY; caller frees, NULL if it has none. */
static char *
value_of(char **lines, const char *key)
{
	gsize len = strlen(key);

	for (guint i = 0; lines[i] != NULL; i++)
		if (strncmp(lines[i], key, len) == 0 && lines[i][len] == '\t')
			return g_strstrip(g_strdup(lines[i] + len + 1));
	return NULL;
}

char *
rn_postconf_lookup(const RnPostconf *p, const char *map, const char *const *keys, GError **error)
{
	const char *plain = g_str_has_prefix(map, "proxy:") ? map + strlen("proxy:") : map;
	const char *usual[] = { POSTMAP, "-q", "-", plain, NULL };
	const char *there[] = { POSTMAP, "-c", p->dir, "-q", "-", plain, NULL };
	g_autofree char *joined = g_strjoinv("\n", (char **)keys), *in = g_strconcat(joined, "\n", NULL);
	g_auto(GStrv) lines = NULL;
	g_autofree char *text = NULL;
	char *value = NULL;
	int code = 0;

	text = rn_output_of(*p->dir == '\0' ? usual : there, in, &code, error);
	if (text == NULL || code != 0)
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; value == NULL && keys[i] != NULL; i++)
		value = value_of(lines, keys[i]);
	return value;
}
