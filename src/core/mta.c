#include "core/mta.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "core/mta_inside.h"
#include "mail/token.h"

#define SAMPLE "20abcdefghjkmnpqrstvwxyz0123456789abcdef"	/* long as a token */
#define GROUPS 64

static void
finding_free(gpointer data)
{
	RnMtaFinding *f = data;

	g_free(f->point);
	g_free(f->text);
	g_free(f);
}

GPtrArray *
rn_mta_findings(void)
{
	return g_ptr_array_new_with_free_func(finding_free);
}

void
rn_mta_say(GPtrArray *list, RnMtaLevel level, const char *point, const char *format, ...)
{
	RnMtaFinding *f = g_new0(RnMtaFinding, 1);
	va_list args;

	va_start(args, format);
	f->level = level;
	f->point = g_strdup(point);
	f->text = g_strdup_vprintf(format, args);
	va_end(args);
	for (guint i = 0; i < list->len; i++) {
		const RnMtaFinding *other = g_ptr_array_index(list, i);

		if (strcmp(other->point, point) == 0 && strcmp(other->text, f->text) == 0) {
			finding_free(f);
			return;
		}
	}
	g_ptr_array_add(list, f);
}

char *
rn_mta_sample(const RnSite *site)
{
	return rn_token_address(site, SAMPLE);
}

char **
rn_mta_words(const char *text)
{
	GPtrArray *words = g_ptr_array_new();
	const char *start = NULL;
	int depth = 0;

	for (const char *p = text;; p++) {
		gboolean gap = *p == '\0' || (depth == 0 && (g_ascii_isspace(*p) || *p == ','));

		if (gap && start != NULL)
			g_ptr_array_add(words, g_strndup(start, (gsize)(p - start)));
		start = gap ? NULL : start != NULL ? start : p;
		depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
		if (*p == '\0')
			break;
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

gint64
rn_mta_seconds(const char *text)
{
	char *unit;
	gint64 n = g_ascii_strtoll(text, &unit, 10);

	return *unit == 'm' ? n * 60 : *unit == 'h' ? n * 3600 : *unit == 'd' ? n * 86400 : n;
}

/* May USER do WHAT (a mode of 0..7) to a file of ST? */
static gboolean
may(const struct stat *st, const struct passwd *user, unsigned what)
{
	gid_t groups[GROUPS];
	int n = GROUPS;

	if (user == NULL || user->pw_uid == 0)
		return TRUE;
	if (st->st_uid == user->pw_uid)
		return (st->st_mode >> 6 & what) == what;
	if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) < 0)
		n = GROUPS;
	for (int i = 0; i < n; i++)
		if (groups[i] == st->st_gid)
			return (st->st_mode >> 3 & what) == what;
	return (st->st_mode & what) == what;
}

/* The first folder above PATH that USER may not walk through; NULL if all are open. Caller frees. */
static char *
closed_folder(const char *path, const struct passwd *user)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *closed = NULL;
	struct stat st;

	if (strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0)
		closed = closed_folder(folder, user);
	if (closed != NULL)
		return g_steal_pointer(&closed);
	return stat(folder, &st) == 0 && may(&st, user, 1) ? NULL : g_steal_pointer(&folder);
}

static gboolean
same_file(const char *a, const char *b)
{
	struct stat one, two;

	return strcmp(a, b) == 0 ||
	    (stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev &&
	        one.st_ino == two.st_ino);
}

void
rn_mta_socket(GPtrArray *list, const char *point, const char *path, const char *ours, const char *key,
    const char *user, const char *hint)
{
	const struct passwd *who = user != NULL ? getpwnam(user) : NULL;
	g_autofree char *closed = closed_folder(path, who);
	struct stat st;

	if (!same_file(path, ours))
		rn_mta_say(list, RN_MTA_FAIL, point, "leads to the socket %s, but %s is %s; write: %s", path,
		    key, ours, hint);
	else if (closed != NULL)
		rn_mta_say(list, RN_MTA_FAIL, point,
		    "%s cannot walk through %s to the socket; do: install -d -o rinnova -g %s -m 2750 %s",
		    user, closed, user, closed);
	else if (stat(path, &st) != 0)
		rn_mta_say(
		    list, RN_MTA_WARN, point, "nobody listens on %s; start it: mail waits until then", path);
	else if (!S_ISSOCK(st.st_mode))
		rn_mta_say(list, RN_MTA_FAIL, point, "%s is no socket", path);
	else if (!may(&st, who, 2))
		rn_mta_say(list, RN_MTA_FAIL, point,
		    "%s may not write to %s; write in rinnova.conf: socket-group = %s, socket-mode = 660",
		    user, path, user);
	else
		rn_mta_say(list, RN_MTA_OK, point, "%s", path);
}
