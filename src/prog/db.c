#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "core/backup.h"
#include "prog/db.h"
#include "prog/prog.h"
#include "prog/show.h"

#define MIB(bytes) ((double)(bytes) / (1 << 20))

/* A line that is written over, on a terminal only. */
static void
show_progress(gint64 done, gint64 pages, G_GNUC_UNUSED gpointer data)
{
	if (isatty(STDERR_FILENO) && pages > 0)
		fprintf(stderr, "\r%3" G_GINT64_FORMAT " %%%s", done * 100 / pages,
		    done == pages ? "\r     \r" : "");
}

static int
backup(const RnSettings *s, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnBackup) b = rn_backup_make(s, RN_VERSION, path, show_progress, NULL, &error);

	if (b == NULL)
		return rn_complain("db", error);
	for (guint i = 0; i < b->files->len; i++) {
		const RnBackupFile *f = g_ptr_array_index(b->files, i);

		if (f->sha256 == NULL)
			fprintf(stderr,
			    "rinnova: db: the %s %s cannot be read, so its digest is not in the manifest\n",
			    f->what, f->path);
	}
	printf("%s\nschema %d, %.1f MiB, digest %s\n", b->path, b->schema, MIB(b->bytes), b->digest);
	rn_log(RN_LOG_INFO, "-", "db-backup", "path", b->path, "digest", b->digest, NULL);
	return RN_EXIT_OK;
}

static int
check_store(const char *url)
{
	g_autoptr(GError) error = NULL;
	RnStoreFace face;

	if (!rn_store_examine(url, &face, &error))
		return rn_complain("db", error);
	printf("ok    store          %s, schema %d, %.1f MiB, of which %.1f MiB free; log %.1f MiB\n", url,
	    face.schema, MIB(face.bytes), MIB(face.free_bytes), MIB(face.log_bytes));
	if (face.schema == rn_store_schema_newest())
		return RN_EXIT_OK;
	printf("warn  schema         %d, this program writes %d: `rinnova db migrate`\n", face.schema,
	    rn_store_schema_newest());
	return RN_EXIT_WARN;
}

/* Is what the back-up needs still here? A key that is not has to come from its own copy. */
static int
check_files(const RnBackup *b)
{
	int code = RN_EXIT_OK;

	for (guint i = 0; i < b->files->len; i++) {
		const RnBackupFile *f = g_ptr_array_index(b->files, i);
		g_autofree char *now = rn_backup_digest(f->path, NULL, NULL, NULL);
		gboolean same = f->sha256 != NULL && g_strcmp0(now, f->sha256) == 0;

		printf("%-5s %-14s %s%s\n", same ? "ok" : "warn", f->what, f->path,
		    same            ? "" :
		        now == NULL ? ": is not here: fetch the one of that time" :
		                      ": is another one than when the back-up was made");
		if (!same && strcmp(f->what, "configuration") != 0)
			code = RN_EXIT_WARN;
	}
	return code;
}

static int
check_backup(const char *path, GTimeZone *tz)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnBackup) b = rn_backup_read(path, &error);
	g_autofree char *made = NULL, *copy = NULL, *url = NULL;
	int code, more;

	if (b == NULL)
		return rn_complain("db", error);
	made = rn_time_text(b->made, tz);
	printf("ok    back-up        of %s on %s, made %s by %s, digest %s\n", b->store, b->host, made,
	    b->program, b->digest);
	copy = g_canonicalize_filename(b->path, NULL);
	url = g_strdup_printf("sqlite:%s/" RN_BACKUP_STORE, copy);
	code = check_store(url);
	more = check_files(b);
	return MAX(code, more);
}

static int
vacuum(const RnSettings *s)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnStore) store = rn_store_open(s->site.store, FALSE, &error);
	RnStoreFace before, after;

	if (store == NULL || !rn_store_examine(s->site.store, &before, &error) ||
	    !rn_store_vacuum(store, &error) || !rn_store_examine(s->site.store, &after, &error))
		return rn_complain("db", error);
	printf("%.1f MiB -> %.1f MiB\n", MIB(before.bytes), MIB(after.bytes));
	rn_log(RN_LOG_INFO, "-", "db-vacuum", NULL);
	return RN_EXIT_OK;
}

static int
migrate(const RnSettings *s)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnStore) store = NULL;
	RnStoreFace was;

	if (!rn_store_examine(s->site.store, &was, &error) ||
	    (store = rn_store_open(s->site.store, FALSE, &error)) == NULL)
		return rn_complain("db", error);
	printf("schema %d -> %d%s\n", was.schema, rn_store_schema(store),
	    was.schema == rn_store_schema(store) ? ": nothing to do" : "");
	return RN_EXIT_OK;
}

static gboolean
understood(int argc, char **argv, const RnDbOptions *o)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "restore") == 0)
		return o->resume ?
		    argc == 2 && !o->moved && (o->go || (!o->drop_letters && !o->pass_notices)) :
		    argc == 3 && !o->go && !o->drop_letters && !o->pass_notices;
	if (o->resume || o->go || o->moved || o->drop_letters || o->pass_notices)
		return FALSE;
	return (argc == 3 && *argv[2] != '\0' && strcmp(what, "backup") == 0) ||
	    (argc <= 3 && strcmp(what, "check") == 0) ||
	    (argc == 2 && (strcmp(what, "vacuum") == 0 || strcmp(what, "migrate") == 0));
}

static int
run(int argc, char **argv, const RnSettings *s, const RnDbOptions *o)
{
	switch (argv[1][0]) {
	case 'b':
		return backup(s, argv[2]);
	case 'c':
		return argc == 3 ? check_backup(argv[2], s->tz) : check_store(s->site.store);
	case 'v':
		return vacuum(s);
	case 'm':
		return migrate(s);
	default:
		return rn_db_restore(s, argc == 3 ? argv[2] : NULL, o);
	}
}

int
rn_cmd_db(int argc, char **argv)
{
	RnDbOptions o = { 0 };
	g_autofree char *config = NULL;
	GOptionEntry options[] = {
		{ "moved", 0, 0, G_OPTION_ARG_NONE, &o.moved,
		    "everything was stopped before the back-up was made: nothing is held back", NULL },
		{ "resume", 0, 0, G_OPTION_ARG_NONE, &o.resume,
		    "show what a restored store would send and ask", NULL },
		{ "go", 0, 0, G_OPTION_ARG_NONE, &o.go, "with --resume: let it go", NULL },
		{ "drop-letters", 0, 0, G_OPTION_ARG_NONE, &o.drop_letters,
		    "with --go: letters of the time before the back-up are not sent", NULL },
		{ "pass-notices", 0, 0, G_OPTION_ARG_NONE, &o.pass_notices,
		    "with --go: notices that are due now are not written", NULL },
		{ 0 }
	};
	g_autoptr(RnSettings) s = NULL;
	g_autoptr(GError) error = NULL;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (!understood(argc, argv, &o)) {
		fputs(
		    "rinnova: db: say backup PATH, check [PATH], vacuum, migrate, restore PATH [--moved], or restore "
		    "--resume [--go [--drop-letters] [--pass-notices]]\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	o.config = config;
	s = rn_settings_read(config, &error);
	if (s == NULL)
		return rn_complain("db", error);
	rn_log_open(s->site.log_to == 0 ? "stderr" : "syslog", (RnLogLevel)s->site.log_level);
	return run(argc, argv, s, &o);
}
