/* settings: the table of keys, the shipped configuration, and every check. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "model/settings.h"

#define MINIMAL                                                                                                        \
	"[site]\ndomain = ordine.example\nname = Ordine\nadmin = capo@ordine.example\n"                               \
	"[convention uno]\nname = Convenzione Uno\npayer = Ordine\n"

/* Reads TEXT as a configuration. */
static RnSettings *
read_text(const char *text, GError **error)
{
	g_autofree char *file = NULL;
	int fd = g_file_open_tmp("rinnova-settings-XXXXXX", &file, NULL);
	RnSettings *s;

	g_assert_cmpint(fd, !=, -1);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	s = rn_settings_read(file, error);
	g_unlink(file);
	return s;
}

static char *
shipped_text(void)
{
	const char *root = g_getenv("RINNOVA_ROOT");
	g_autofree char *file = g_build_filename(root != NULL ? root : ".", "conf", "rinnova.conf", NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	g_file_get_contents(file, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

/* The lines "#key =" and "key =" of one section of the shipped file: key -> value. */
static GHashTable *
section_keys(const char *text, const char *section)
{
	GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gboolean inside = FALSE;

	for (guint i = 0; lines[i] != NULL; i++) {
		const char *line = *lines[i] == '#' ? lines[i] + 1 : lines[i];
		g_auto(GStrv) parts = g_strsplit(line, "=", 2);

		if (*line == '[') {
			inside = g_str_has_prefix(line + 1, section);
			continue;
		}
		if (!inside || *line == ' ' || parts[0] == NULL || parts[1] == NULL)
			continue;
		g_strchomp(parts[0]);
		if (strchr(parts[0], ' ') == NULL)
			g_assert_true(
			    g_hash_table_insert(found, g_strdup(parts[0]), g_strdup(g_strstrip(parts[1]))));
	}
	return found;
}

/* Every key stands in the shipped file, at its default where it has one, and nothing else stands there. */
static void
test_shipped_is_whole(void)
{
	g_autofree char *text = shipped_text();
	gsize n;
	const RnConfKey *keys = rn_settings_keys(&n);
	guint of_table = 0, in_file = 0;
	static const char *const sections[] = { "site", "look", "store", "keys", "lmtp", "milter", "courier",
		"keep", "pec", "smime", "convention *" };

	for (gsize s = 0; s < G_N_ELEMENTS(sections); s++) {
		g_autofree char *start = g_strndup(sections[s], strcspn(sections[s], " "));
		g_autoptr(GHashTable) found = section_keys(text, start);

		in_file += g_hash_table_size(found);
		for (gsize i = 0; i < n; i++) {
			const char *value;

			if (!g_str_equal(keys[i].section, sections[s]))
				continue;
			of_table++;
			value = g_hash_table_lookup(found, keys[i].key);
			g_test_message("[%s] %s", sections[s], keys[i].key);
			g_assert_nonnull(value);
			if (keys[i].fallback != NULL)
				g_assert_cmpstr(value, ==, keys[i].fallback);
		}
	}
	g_assert_cmpuint(of_table, ==, n);
	g_assert_cmpuint(in_file, ==, n);
}

/* What the service manager hands over under the name of a secret's file is read in its place, and nothing
 * else. */
static void
test_credentials(void)
{
	g_autofree char *folder = g_dir_make_tmp("rinnova-credentials-XXXXXX", NULL);
	g_autofree char *key = g_build_filename(folder, "mine.key", NULL);
	g_autofree char *text = g_strconcat(MINIMAL,
	    "[keys]\nfile=/etc/rinnova/mine.key\n[courier]\npassword-file=/etc/rinnova/pw\nuser=u\n", NULL);
	g_autoptr(GError) error = NULL;
	RnSettings *s;

	g_assert_true(g_file_set_contents(key, "x", -1, NULL));
	g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
	s = read_text(text, &error);
	g_unsetenv("CREDENTIALS_DIRECTORY");
	g_assert_no_error(error);
	g_assert_cmpstr(s->site.key_file, ==, key);
	g_assert_cmpstr(s->site.smtp_password_file, ==, "/etc/rinnova/pw");
	rn_settings_free(s);
	s = read_text(text, &error);
	g_assert_cmpstr(s->site.key_file, ==, "/etc/rinnova/mine.key");
	rn_settings_free(s);
	g_unlink(key);
	g_rmdir(folder);
}

/* The shipped file reads, both as it is and with every default spelled out, to the same values. */
static void
test_shipped_reads(void)
{
	g_autofree char *text = shipped_text();
	g_autoptr(GRegex) comment = g_regex_new("^#([a-z-]+ =)", G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *spelled = g_regex_replace(comment, text, -1, 0, "\\1", 0, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(RnSettings) a = read_text(text, &error);
	g_autoptr(RnSettings) b = NULL;
	const RnConvention *c;

	g_assert_no_error(error);
	b = read_text(spelled, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(spelled, !=, text);
	g_assert_cmpint(a->site.per_minute, ==, b->site.per_minute);
	g_assert_cmpstr(a->site.store, ==, b->site.store);
	c = rn_settings_convention(b, "fnomceo");
	g_assert_nonnull(c);
	g_assert_cmpstr(c->id, ==, "fnomceo");
	g_assert_null(rn_settings_convention(b, "fnomce"));
	g_assert_null(rn_settings_convention(b, NULL));
}

static void
test_defaults(void)
{
	static const int days[] = { 90, 60, 30, 15, 7, 1, 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(RnSettings) s = read_text(MINIMAL, &error);
	const RnConvention *c;

	g_assert_no_error(error);
	g_assert_cmpstr(s->site.localpart, ==, "rinnovo");
	g_assert_cmpstr(s->site.delimiter, ==, "+");
	g_assert_cmpint(s->site.lmtp_mode, ==, 660);
	g_assert_cmpint(s->site.max_message, ==, 25 << 20);
	g_assert_cmpint(s->site.submit, ==, RN_SUBMIT_SMTP);
	g_assert_cmpint(s->site.smtp_tls, ==, RN_TLS_NONE);
	g_assert_cmpint(s->site.give_up, ==, 4 * 86400);
	g_assert_cmpint(s->site.lease, ==, 900);
	g_assert_cmpstr(g_time_zone_get_identifier(s->tz), ==, "Europe/Rome");
	c = rn_settings_convention(s, "uno");
	g_assert_nonnull(c);
	g_assert_cmpmem(c->notice_days->data, c->notice_days->len * sizeof(int), days, sizeof(days));
	g_assert_cmpint(c->steps, ==, 1);
	g_assert_cmpint(c->vat, ==, 22);
	g_assert_cmpint(c->term, ==, 12);
	g_assert_cmpint(c->cooling, ==, 600);
	g_assert_cmpint(c->provider, ==, RN_PROVIDER_MANUAL);
	g_assert_true(c->low_proof);
	g_assert_true(c->notify_box);
	g_assert_false(c->copy_secretary);
	g_assert_cmpuint(g_strv_length(c->declarations), ==, 1);
	g_assert_cmpuint(g_strv_length(c->contracts), ==, 0);
}

typedef struct {
	const char	*section, *line;	/* put into that section of the minimal file */
	const char	*message;		/* what the error must hold; NULL: it reads */
} Row;

/* clang-format off */
static const Row rows[] = {
	{ "site", "domain = ordine", ":2: [site] domain: \"ordine\" is no domain; allowed: a domain such as" },
	{ "site", "domain = x@ordine.example", "[site] domain: " },
	{ "site", "domain =", "[site] domain: " },
	{ "site", "name =", "[site] name: " },
	{ "site", "name = Ordine\\nBcc: x", "[site] name: it holds a control character" },
	{ "site", "admin =", "[site] admin: " },
	{ "site", "admin = nobody", "admin" },
	{ "site", "delimiter = -", NULL },
	{ "site", "delimiter =", NULL },
	{ "site", "delimiter = =", "[site] delimiter: " },
	{ "site", "delimiter = ++", "[site] delimiter: " },
	{ "site", "localpart = rinnovo pec", "[site] localpart: " },
	{ "site", "localpart = rin+novo", "[site] localpart: it holds the delimiter" },
	{ "site", "localpart = abcdefghijklmnopqrstuvwx", "[site] localpart: with a token" },
	{ "site", "localpart = abcdefghijklmnopqrstuvw", NULL },
	{ "site", "timezone = Europe/Roma", "[site] timezone: this system knows no zone \"Europe/Roma\"" },
	{ "site", "timezone =", "[site] timezone: " },
	{ "site", "timezone = UTC", NULL },
	{ "site", "templates =", "[site] templates: " },
	{ "site", "languages = it;deutsch", "[site] languages: \"deutsch\" is no language" },
	{ "site", "languages =", "[site] languages: " },
	{ "site", "languages = it;de", NULL },
	{ "site", "language-folder = here", "language-folder" },
	{ "site", "colour = red", "colour" },
	{ "site", "log = file", "stderr|syslog" },
	{ "site", "timestamp-url = tsa.example", "[site] timestamp-url: \"tsa.example\" is no web address" },
	{ "site", "timestamp-url = http://tsa.example/tsr", "[site] timestamp-anchors: without the authority's" },
	{ "site", "timestamp-url = http://tsa.example/tsr\ntimestamp-anchors = /etc/tsa.pem", NULL },
	{ "site", "evidence-key = key.pem", "[site] evidence-key: \"key.pem\" is no place" },
	{ "site", "evidence-key = credential:../x\nevidence-certificate = /x", "evidence-key: " },
	{ "site", "evidence-key = /etc/x.key", "[site] evidence-certificate: evidence-key and" },
	{ "site", "evidence-certificate = credential:x", "[site] evidence-key: " },
	{ "site", "evidence-key = credential:x\nevidence-certificate = /x", NULL },
	{ "smime", "key = key.pem", "[smime] key: \"key.pem\" is no place" },
	{ "smime", "key = credential:x", "[smime] certificate: key and certificate belong" },
	{ "store", "url = /var/lib/x.db", "[store] url: " },
	{ "store", "url = postgresql://db/rinnova", NULL },
	{ "keys", "file =", "[keys] file: " },
	{ "keys", "file = token.key", "file" },
	{ "site", "import-brake-percent = 101", "import-brake-percent" },
	{ "lmtp", "socket =", "[lmtp] socket: " },
	{ "lmtp", "socket-mode = 680", "[lmtp] socket-mode: 680 is not octal; allowed: in octal" },
	{ "lmtp", "socket-mode = 0600", NULL },
	{ "lmtp", "max-message = 1k", "[lmtp] max-message: 1024 bytes are too few; allowed: from 64k to 256M" },
	{ "lmtp", "max-message = 1G", "too many" },
	{ "lmtp", "parse-timeout = 0", "[lmtp] parse-timeout: " },
	{ "lmtp", "parse-timeout = 6m", "[lmtp] parse-timeout: " },
	{ "site", "auth-domain = posta.example", NULL },
	{ "site", "auth-domain = @posta.example", ":2: [site] auth-domain: \"@posta.example\" is no domain; allowed: a domain" },
	{ "milter", "socket = ", "[milter] socket: it is empty" },
	{ "milter", "socket = /run/rinnova/lmtp.sock", "[milter] socket: it is the one of [lmtp]" },
	{ "milter", "socket = milter.sock", "socket" },
	{ "milter", "socket-mode = 680", "[milter] socket-mode: 680 is not octal" },
	{ "milter", "mode = handover", NULL },
	{ "milter", "mode = both", "gate|handover" },
	{ "milter", "refuse = maybe", "refuse" },
	{ "milter", "handover-deadline = 9", "milliseconds" },
	{ "milter", "handover-deadline = 2001", "milliseconds" },
	{ "milter", "handover-slots = 0", "handover-slots" },
	{ "milter", "handover-max = 16k", NULL },
	{ "milter", "handover-max = 15k", "[milter] handover-max: 15360 bytes are too few; allowed: from 16k to 64M" },
	{ "milter", "strip-results = yes", "[milter] strip-results: site.authserv-id does not say whose results" },
	{ "site", "results-stripped = perhaps", "results-stripped" },
	{ "milter", "handover-max = 65M", "[milter] handover-max: 68157440 bytes are too many" },

	{ "courier", "smtp = smtp://127.0.0.1:2525", NULL },
	{ "courier", "smtp = smtp://127.9.9.9", NULL },
	{ "courier", "smtp = smtp://[::1]:25", NULL },
	{ "courier", "smtp = smtp://localhost:25", NULL },
	{ "courier", "smtp = smtp://127.0.0.1.evil.example", "[courier] tls: none sends tokens in plain text" },
	{ "courier", "smtp = smtp://relay.ordine.example:587", "[courier] tls: none sends tokens in plain text to "
	    "relay.ordine.example" },
	{ "courier", "smtp = smtp://relay.ordine.example:587\ntls = required", NULL },
	{ "courier", "smtp = smtp://relay\ntls = required", NULL },
	{ "courier", "smtp = smtps://relay.ordine.example\ntls = implicit", NULL },
	{ "courier", "smtp = smtps://relay.ordine.example", "[courier] tls: tls = implicit and smtps:// belong" },
	{ "courier", "tls = implicit", ":10: [courier] tls: " },
	{ "courier", "smtp = http://127.0.0.1", "[courier] smtp: " },
	{ "courier", "smtp = smtp://127.0.0.1:0", "[courier] smtp: " },
	{ "courier", "smtp = smtp://127.0.0.1:65536", "[courier] smtp: " },
	{ "courier", "smtp = smtp://127.0.0.1/x", "[courier] smtp: " },
	{ "courier", "smtp = smtp://user@127.0.0.1", "[courier] smtp: " },
	{ "courier", "smtp = smtp://[::1", "[courier] smtp: " },
	{ "courier", "smtp = smtp://[relay]", "[courier] smtp: " },
	{ "courier", "smtp = smtp://[", "[courier] smtp: " },
	{ "courier", "smtp = smtp://", "[courier] smtp: " },
	{ "courier", "type = pec", "[courier] pec-box: type = pec needs the box" },
	{ "courier", "pec-box = ordine@pec.example", "[courier] pec-box: it belongs to type = pec" },
	{ "courier", "type = pec\npec-box = ordine@pec.example", NULL },
	{ "courier", "type = fax", "mail|pec" },
	{ "courier", "type = pec\npec-box = ordine@pec.example\npec-receipt = lunga", "completa|breve|sintetica" },
	{ "pec", "anchors = certs", "anchors" },
	{ "convention uno", "low-proof = no", "[convention uno] low-proof: no demands a proof that nothing here can give" },
	{ "courier", "user = rinnova", "[courier] password-file: " },
	{ "courier", "password-file = /etc/x", "[courier] user: " },
	{ "courier", "submit = sendmail\nsmtp = nonsense", NULL },
	{ "courier", "submit = sendmail\nsendmail =", "[courier] sendmail: " },
	{ "courier", "submit = pigeon", "smtp|sendmail" },
	{ "courier", "retry-first = 0", "[courier] retry-first: " },
	{ "courier", "retry-first = 5h", "[courier] retry-max: " },
	{ "courier", "give-up = 1h", "[courier] give-up: " },
	{ "courier", "lease = 30s", "[courier] lease: " },
	{ "courier", "per-minute = -1", "per-minute" },
	{ "convention uno", "name =", "[convention uno] name: " },
	{ "convention uno", "payer = Ordine\\t", "[convention uno] payer: it holds a control character" },
	{ "convention uno", "payer =", "[convention uno] payer: " },
	{ "convention uno", "type =", "[convention uno] type: " },
	{ "convention uno", "copy-secretary = yes", "[convention uno] copy-secretary: " },
	{ "convention uno", "copy-secretary = yes\nsecretary = ufficio@ordine.example", NULL },
	{ "convention uno", "language = italiano", "[convention uno] language: " },
	{ "convention uno", "guide = www.ordine.example", "[convention uno] guide: " },
	{ "convention uno", "guide = https://www.ordine.example/pec?x=1", NULL },
	{ "convention uno", "guide = https://www.ordine.example/ pec", "[convention uno] guide: " },
	{ "convention uno", "notice-days = 30,60", "[convention uno] notice-days: 60 stands behind 30; allowed: each smaller" },
	{ "convention uno", "notice-days = 30,30", "[convention uno] notice-days: " },
	{ "convention uno", "notice-days =", "notice-days" },
	{ "convention uno", "notice-days = 30,-1", "notice-days" },
	{ "convention uno", "notice-days = 30", NULL },
	{ "convention uno", "cooling = 8d", "[convention uno] cooling: " },
	{ "convention uno", "cooling = 0", NULL },
	{ "convention uno", "steps = three", "one|two" },
	{ "convention uno", "contracts = condizioni.pdf", "[convention uno] contracts: \"condizioni.pdf\" is no absolute" },
	{ "convention uno", "contracts = /nonexistent/condizioni.pdf", NULL },
	{ "convention uno", "contracts = /etc/passwd", NULL },
	{ "convention uno", "declarations = ACCETTO: le condizioni; APPROVO: le clausole", NULL },
	{ "convention uno", "declarations = ACCETTO: le condizioni; ACCETTO: le clausole", "[convention uno] declarations: "
	    "ACCETTO stands twice" },
	{ "convention uno", "declarations = GRADISCO: le condizioni", "\"GRADISCO: le condizioni\" is no declaration" },
	{ "convention uno", "declarations = ACCETTO le condizioni", "is no declaration; allowed: VERB: text" },
	{ "convention uno", "declarations = ACCETTO:", "is no declaration" },
	{ "convention uno", "declarations =", "[convention uno] declarations: an offer must ask" },
	{ "convention uno", "provider = exec", "[convention uno] provider-command: " },
	{ "convention uno", "provider = exec\nprovider-command = /nonexistent/x", "provider-command: /nonexistent/x: " },
	{ "convention uno", "provider = exec\nprovider-command = /etc/passwd", "cannot be executed" },
	{ "convention uno", "provider = exec\nprovider-command = /bin", "cannot be executed" },
	{ "convention uno", "provider = exec\nprovider-command = /bin/sh", NULL },
	{ "convention uno", "provider-timeout = 0", "[convention uno] provider-timeout: " },
	{ "convention Due", "name = Due\npayer = Ordine", ":9: [convention Due]: a convention is named by" },
	{ "convention due", "name = Due\npayer = Ordine", NULL },
	{ "convention due", "name = Due", "payer" },
	{ "elsewhere", "a = b", "elsewhere" },
};
/* clang-format on */

/* The minimal file with the row's lines in place of its own keys of that name. */
static char *
with_line(const Row *row)
{
	g_auto(GStrv) lines = g_strsplit(row->line, "\n", -1);
	g_autofree char *text = g_strdup(MINIMAL);
	g_autofree char *header = g_strdup_printf("[%s]\n", row->section);
	g_auto(GStrv) around = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autofree char *key = g_strndup(lines[i], strcspn(lines[i], " "));
		g_autofree char *pattern =
		    g_strdup_printf("(\\[%s\\]\n(?:[^\\[].*\n)*?)%s = .*\n", row->section, key);
		g_autoptr(GRegex) own = g_regex_new(pattern, 0, 0, NULL);
		g_autofree char *without = g_regex_replace(own, text, -1, 0, "\\1", 0, NULL);

		g_free(text);
		text = g_steal_pointer(&without);
	}
	around = g_strsplit(text, header, 2);
	if (around[1] == NULL)
		return g_strconcat(text, "\n", header, row->line, "\n", NULL);
	return g_strconcat(around[0], header, row->line, "\n", around[1], NULL);
}

/* Who takes results off wants the first place, and who hands mail over the last. */
static void
test_strip(void)
{
	g_autoptr(GString) text = g_string_new(MINIMAL "\n[milter]\nstrip-results = yes\n");
	g_autoptr(GError) error = NULL;
	g_autoptr(RnSettings) gate = NULL, handover = NULL;

	g_string_replace(text, "[site]\n", "[site]\nauthserv-id = mx.ordine.example\n", 1);
	gate = read_text(text->str, &error);
	g_assert_no_error(error);
	g_assert_true(gate->site.milter_strip);
	g_string_append(text, "mode = handover\n");
	handover = read_text(text->str, &error);
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(error->message, "[milter] strip-results: it wants the first place"));
}

static void
test_checks(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = with_line(&rows[i]);
		g_autoptr(GError) error = NULL;
		g_autoptr(RnSettings) s = read_text(text, &error);

		g_test_message("row %" G_GSIZE_FORMAT ": [%s] %s -> %s", i, rows[i].section, rows[i].line,
		    error != NULL ? error->message : "reads");
		g_assert_true((s == NULL) == (rows[i].message != NULL));
		if (rows[i].message == NULL) {
			g_assert_no_error(error);
			continue;
		}
		g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
		g_assert_nonnull(strstr(error->message, rows[i].message));
		g_assert_nonnull(strstr(error->message, "rinnova-settings-"));
	}
}

static void
test_files(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnSettings) s = rn_settings_read("/nonexistent/rinnova.conf", &error);

	g_assert_null(s);
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(error->message, "/nonexistent/rinnova.conf"));
	g_clear_error(&error);
	s = read_text(
	    "[site]\ndomain = ordine.example\nname = Ordine\nadmin = capo@ordine.example\n", &error);
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(error->message, "there is no convention"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/shipped/whole", test_shipped_is_whole);
	g_test_add_func("/settings/credentials", test_credentials);
	g_test_add_func("/settings/shipped/reads", test_shipped_reads);
	g_test_add_func("/settings/defaults", test_defaults);
	g_test_add_func("/settings/checks", test_checks);
	g_test_add_func("/settings/strip", test_strip);
	g_test_add_func("/settings/files", test_files);
	return g_test_run();
}
