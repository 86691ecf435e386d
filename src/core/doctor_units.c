/* doctor_units.c: the units of systemd that start this program, and the socket of lmtpd. */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/doctor.h"

/* What each unit has to have; NULL: any value. */
static const struct {
	const char	*key, *value;
} wanted[] = {
	{ "NoNewPrivileges", "yes" }, { "ProtectSystem", "strict" }, { "ProtectHome", "yes" }, { "PrivateTmp", "yes" },
	{ "PrivateDevices", "yes" }, { "RestrictAddressFamilies", NULL }, { "SystemCallFilter", NULL },
	{ "CapabilityBoundingSet", NULL }, { "User", NULL },
};

/* The last value of KEY in the lines of TEXT, which may come from several files; NULL if it is not set. */
static char *
setting(const char *text, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gsize len = strlen(key);
	char *value = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		const char *line = g_strstrip(lines[i]);

		if (strncmp(line, key, len) != 0 || line[len + strspn(line + len, " \t")] != '=')
			continue;
		g_free(value);
		value = g_strstrip(g_strdup(strchr(line, '=') + 1));
	}
	return value;
}

/* The unit FILE, and behind it what stands in FILE.d. NULL if there is none. */
static char *
unit_text(const char *file)
{
	g_autofree char *folder = g_strconcat(file, ".d", NULL);
	g_autoptr(GString) all = NULL;
	char *text = NULL;
	const char *name;
	GDir *dir;

	if (!g_file_get_contents(file, &text, NULL, NULL))
		return NULL;
	all = g_string_new(text);
	g_free(text);
	dir = g_dir_open(folder, 0, NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *part = g_build_filename(folder, name, NULL);

		if (!g_str_has_suffix(name, ".conf") || !g_file_get_contents(part, &text, NULL, NULL))
			continue;
		g_string_append_printf(all, "\n%s", text);
		g_free(text);
	}
	if (dir != NULL)
		g_dir_close(dir);
	return g_string_free(g_steal_pointer(&all), FALSE);
}

static void
check_unit(const char *name, const char *text, GPtrArray *list)
{
	g_autoptr(GString) missing = g_string_new(NULL);
	g_autofree char *user = setting(text, "User");

	for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
		g_autofree char *value = setting(text, wanted[i].key);

		if (value == NULL || (wanted[i].value != NULL && strcmp(value, wanted[i].value) != 0))
			g_string_append_printf(missing, "%s%s", missing->len > 0 ? " " : "", wanted[i].key);
	}
	if (missing->len == 0 && g_strcmp0(user, "root") != 0)
		rn_find_take(list, RN_FIND_OK, "unit", g_strdup_printf("%s is in its sandbox", name), NULL);
	else
		rn_find_take(list, RN_FIND_WARN, "unit",
		    g_strdup_printf(
		        "%s is out of its sandbox: %s", name, missing->len > 0 ? missing->str : "User=root"),
		    "compare it with the unit that was installed; systemctl edit sets less than that aside");
}

void
rn_doctor_units(const char *const *folders, GPtrArray *list)
{
	static const char *const usual[] = { "/etc/systemd/system", "/usr/local/lib/systemd/system",
		"/usr/lib/systemd/system", "/lib/systemd/system", NULL };
	static const char *const names[] = { "rinnova-lmtpd.service", "rinnova-milter.service",
		"rinnova-courier.service", "rinnova-notify.service", "rinnova-expire.service" };
	const char *const *where = folders != NULL ? folders : usual;
	guint found = 0;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = NULL;

		for (guint k = 0; where[k] != NULL && text == NULL; k++) {
			g_autofree char *file = g_build_filename(where[k], names[i], NULL);

			text = unit_text(file);
		}
		found += text != NULL;
		if (text != NULL)
			check_unit(names[i], text, list);
	}
	if (found == 0)
		rn_find(list, RN_FIND_OK, "unit", "none is installed here: something else starts the doors",
		    NULL);
}

void
rn_doctor_door(const RnSite *site, GPtrArray *list)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	gboolean open = FALSE;

	if (fd != -1 && g_strlcpy(at.sun_path, site->lmtp_socket, sizeof(at.sun_path)) < sizeof(at.sun_path))
		open = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	if (fd != -1)
		close(fd);
	rn_find_take(list, open ? RN_FIND_OK : RN_FIND_WARN, "door",
	    g_strdup_printf(open ? "lmtpd listens on %s" : "nobody listens on %s", site->lmtp_socket),
	    open ?
	        NULL :
	        "systemctl enable --now rinnova-lmtpd.socket; mail waits in the mail server's queue until then");
}
