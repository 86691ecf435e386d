/* mta_sendmail.c: sendmail.cf by its lines, and by sendmail -bv where our addresses lead. */
#include <string.h>
#include <unistd.h>

#include "core/mta_inside.h"
#include "mail/token.h"
#include "net/output.h"

#define USUAL "/etc/mail/sendmail.cf"
#define WHERE "deliverable: mailer "

typedef struct {
	const RnSite	*site;
	const char	*cf;
	char		**lines;	/* of the file, continuations joined */
	GPtrArray	*list;
} Look;

/* The lines of TEXT; one that begins with a blank belongs to the one before. */
static char **
logical_lines(const char *text)
{
	g_autoptr(GRegex) fold = g_regex_new("\\n[ \\t]+", 0, 0, NULL);
	g_autofree char *joined = g_regex_replace_literal(fold, text, -1, 0, " ", 0, NULL);

	return g_strsplit(joined, "\n", -1);
}

/* What stands behind START in the first line that begins with it; NULL if none does. */
static const char *
line_of(const Look *l, const char *start)
{
	for (guint i = 0; l->lines[i] != NULL; i++)
		if (g_str_has_prefix(l->lines[i], start))
			return l->lines[i] + strlen(start);
	return NULL;
}

/* The field NAME ("P=") of a mailer or milter; A= is the last and goes to the end. Caller frees; NULL. */
static char *
field(const char *line, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(line, ",", -1);

	if (strcmp(name, "A=") == 0) {
		const char *a = strstr(line, " A=");

		return a != NULL ? g_strstrip(g_strdup(a + 3)) : NULL;
	}
	for (guint i = 0; parts[i] != NULL; i++)
		if (g_str_has_prefix(g_strstrip(parts[i]), name))
			return g_strdup(parts[i] + strlen(name));
	return NULL;
}

/* What sendmail -bv says of ADDR; NULL with RN_ERR_BUSY. */
static char *
ask(const Look *l, const char *addr, GError **error)
{
	const char *argv[] = { l->site->sendmail, "-C", l->cf, "-bv", addr, NULL };
	int code = 0;
	char *said = rn_output_of(argv, "", &code, error);

	return said != NULL ? g_strstrip(said) : NULL;
}

/* The mailer that SAID names; caller frees, NULL if there is none. */
static char *
mailer_in(const char *said)
{
	const char *name = strstr(said, WHERE);

	return name != NULL ? g_strndup(name + strlen(WHERE), strcspn(name + strlen(WHERE), ", \n")) : NULL;
}

static void
check_lmtp(const Look *l, const char *name, const char *line, const char *args)
{
	g_autofree char *flags = field(line, "F="), *ends = field(line, "E="), *hint = NULL;

	hint = g_strdup_printf("A=FILE %s", l->site->lmtp_socket);
	rn_mta_socket(
	    l->list, "mailer", args + strlen("FILE "), l->site->lmtp_socket, "lmtp.socket", NULL, hint);
	if (flags == NULL || strchr(flags, 'z') == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "flags",
		    "M%s has no z: Sendmail would speak SMTP; write: F=lsquXmz8", name);
	if (flags == NULL || strchr(flags, 'X') == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "flags",
		    "M%s has no X: a line with only a dot ends a mail, and the rest of it is taken for commands; write: F=lsquXmz8",
		    name);
	if (g_strcmp0(ends, "\\r\\n") != 0)
		rn_mta_say(l->list, RN_MTA_FAIL, "line ends",
		    "M%s does not end lines as LMTP does, and no mail is ever taken; write there: E=\\r\\n",
		    name);
}

static void
check_program(const Look *l, const char *name, const char *line, const char *args)
{
	g_autofree char *flags = field(line, "F="), *program = field(line, "P="), *user = field(line, "U=");
	const char *f = flags != NULL ? flags : "";

	if (program == NULL || access(program, X_OK) != 0)
		rn_mta_say(l->list, RN_MTA_FAIL, "mailer",
		    "there is no program %s; mail waits until there is",
		    program != NULL ? program : "(P= is missing)");
	else
		rn_mta_say(l->list, RN_MTA_OK, "mailer", "program %s", program);
	if (user == NULL || g_str_has_prefix(user, "root"))
		rn_mta_say(l->list, RN_MTA_FAIL, "user",
		    "the program must run as the owner of the store; write in M%s: U=rinnova:rinnova", name);
	if (strstr(args, "--rcpt $u") == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "mailer",
		    "the program is not told the recipient; write in M%s: A=rinnova deliver --rcpt $u", name);
	if (strchr(f, 'm') != NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "flags",
		    "M%s has m: a mail to two addresses of ours is never taken; write: F=lsqun8", name);
}

/* Flags that spoil an address or a letter at either door. */
static void
check_flags(const Look *l, const char *name, const char *line)
{
	g_autofree char *flags = field(line, "F=");
	const char *f = flags != NULL ? flags : "";

	if (strchr(f, 'A') != NULL || strchr(f, '5') != NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "flags",
		    "M%s has A or 5: the address is looked for as a user, and refused; take it out of F=%s",
		    name, f);
	if (strchr(f, 'u') == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "flags",
		    "M%s has no u: the address is changed to lower case; write u into F=%s", name, f);
	if (strpbrk(f, "DFM") != NULL)
		rn_mta_say(l->list, RN_MTA_WARN, "flags",
		    "M%s has D, F or M: fields are written that the member did not; take them out of F=%s",
		    name, f);
}

static void
check_mailer(const Look *l, const char *name)
{
	g_autofree char *start = g_strdup_printf("M%s,", name), *program = NULL, *args = NULL;
	const char *line = line_of(l, start);

	if (line == NULL) {
		rn_mta_say(l->list, RN_MTA_FAIL, "mailer", "%s has no line M%s", l->cf, name);
		return;
	}
	program = field(line, "P=");
	args = field(line, "A=");
	if (args == NULL || (!g_str_has_prefix(args, "FILE ") && strstr(args, " deliver ") == NULL)) {
		rn_mta_say(l->list, RN_MTA_FAIL, "mailer",
		    "M%s does not lead to us (A=%s); write there: A=FILE %s", name, args != NULL ? args : "",
		    l->site->lmtp_socket);
		return;
	}
	if (g_strcmp0(program, "[IPC]") == 0)
		check_lmtp(l, name, line, args);
	else
		check_program(l, name, line, args);
	check_flags(l, name, line);
}

/* Where SAID leads, if not to a mailer of ours. */
static gboolean
leads_to_us(const Look *l, const char *addr, const char *said, const char *mailer)
{
	const char *domain = l->site->domain;

	if (mailer == NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, "address",
		    "%s is not taken (%s); below LOCAL_RULE_0 in the .mc file: R%s + $* < @ %s . > (tab) $#rinnova $@ localhost $: %s + $1 < @ %s . >",
		    addr, said, l->site->localpart, domain, l->site->localpart, domain);
	else if (strcmp(mailer, "prog") == 0 && strstr(said, " deliver ") != NULL)
		rn_mta_say(l->list, RN_MTA_WARN, "address",
		    "%s goes to a program by alias, which is not told the address: only replies to letters are understood; better a mailer of its own",
		    addr);
	else if (strcmp(mailer, "local") == 0 || strcmp(mailer, "prog") == 0)
		rn_mta_say(l->list, RN_MTA_FAIL, "address",
		    "%s goes to mailer %s; write Mrinnova and the rule for it, as in contrib/sendmail", addr,
		    mailer);
	else
		return TRUE;
	return FALSE;
}

/* The address that verifies, if there is one: it goes to MAILER, as the others do. */
static gboolean
check_verify(const Look *l, const char *mailer, GError **error)
{
	g_autofree char *addr = rn_token_verify_address(l->site);
	g_autofree char *said = *addr != '\0' ? ask(l, addr, error) : NULL;
	g_autofree char *name = said != NULL ? mailer_in(said) : NULL;

	if (*addr == '\0')
		return TRUE;
	if (said == NULL)
		return FALSE;
	if (name != NULL && mailer != NULL && strcmp(name, mailer) == 0)
		rn_mta_say(l->list, RN_MTA_OK, "verify", "%s: mailer %s", addr, name);
	else if (name != NULL && strcmp(name, "prog") == 0 && strstr(said, " deliver ") != NULL)
		rn_mta_say(l->list, RN_MTA_OK, "verify", "%s: by alias", addr);
	else
		rn_mta_say(l->list, RN_MTA_FAIL, "verify",
		    "%s %s%s; below LOCAL_RULE_0 in the .mc file: R%s < @ %s . > (tab) $#rinnova $@ localhost $: %s < @ %s . >",
		    addr, name != NULL ? "goes to mailer " : "is not taken", name != NULL ? name : "",
		    l->site->verify, l->site->domain, l->site->verify, l->site->domain);
	return TRUE;
}

static gboolean
check_addresses(const Look *l, GError **error)
{
	g_autofree char *token = rn_mta_sample(l->site), *public = rn_token_address(l->site, NULL);
	g_autofree char *folded = g_ascii_strdown(token, -1), *mailer = NULL;
	const char *each[] = { token, public };

	for (gsize i = 0; i < G_N_ELEMENTS(each); i++) {
		g_autofree char *said = ask(l, each[i], error), *lower = NULL, *name = NULL;

		if (said == NULL)
			return FALSE;
		name = mailer_in(said);
		if (!leads_to_us(l, each[i], said, name))
			continue;
		lower = g_ascii_strdown(strstr(said, WHERE), -1);
		if (i == 0 && strstr(lower, folded) == NULL)
			rn_mta_say(l->list, RN_MTA_FAIL, "address", "the token is lost on the way: %s", said);
		else
			rn_mta_say(l->list, RN_MTA_OK, "address", "%s: mailer %s", each[i], name);
		if (mailer == NULL)
			mailer = g_steal_pointer(&name);
	}
	if (mailer != NULL)
		check_mailer(l, mailer);
	return check_verify(l, mailer, error);
}

static void
check_size(const Look *l)
{
	const char *text = line_of(l, "O MaxMessageSize=");
	gint64 theirs = text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0, ours = l->site->max_message;

	if (theirs > 0 && theirs <= ours)
		rn_mta_say(l->list, RN_MTA_OK, "size", "MaxMessageSize is %s", text);
	else
		rn_mta_say(l->list, RN_MTA_FAIL, "size",
		    "MaxMessageSize is %s, lmtp.max-message %" G_GINT64_FORMAT
		    ": what lies between is bounced; write in the .mc file: define(`confMAX_MESSAGE_SIZE', `%" G_GINT64_FORMAT
		    "')dnl",
		    text != NULL ? text : "none", ours, ours);
}

/* Does LINE set each time-out of a milter, and none that a client would not wait for? */
static gboolean
patient(const char *line)
{
	static const struct {
		char	name;
		int	limit;
	} rows[] = { { 'C', 5 }, { 'S', 10 }, { 'R', 10 }, { 'E', 60 } };
	g_autofree char *text = field(line, "T=");
	g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ";", -1);
	gsize good = 0;

	for (guint k = 0; parts[k] != NULL; k++)
		for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
			good += parts[k][0] == rows[i].name && parts[k][1] == ':' &&
			    rn_mta_seconds(parts[k] + 2) <= rows[i].limit;
	return good == G_N_ELEMENTS(rows);
}

/* The milter's line LINE, called NAME: FLAGS and time-outs. */
static void
check_filter(const Look *l, const char *name, const char *line)
{
	g_autofree char *flags = field(line, "F="), *place = field(line, "S="), *hint = NULL;
	const char *path = place != NULL && strchr(place, ':') != NULL ? strchr(place, ':') + 1 : "";

	if (flags != NULL && *flags != '\0')
		rn_mta_say(l->list, RN_MTA_FAIL, "milter",
		    "F=%s: while it is away everybody's mail is refused or put off; take F= out of INPUT_MAIL_FILTER(`%s')",
		    flags, name);
	if (!patient(line))
		rn_mta_say(l->list, RN_MTA_WARN, "milter",
		    "the time-outs are long for everybody's mail; write: T=C:2s;S:5s;R:5s;E:30s");
	hint = g_strdup_printf("S=local:%s", l->site->milter_socket);
	rn_mta_socket(l->list, "milter", path, l->site->milter_socket, "milter.socket", NULL, hint);
}

static void
check_milter(const Look *l)
{
	const char *text = line_of(l, "O InputMailFilters=");
	g_auto(GStrv) names = rn_mta_words(text != NULL ? text : "");
	g_autofree char *file = g_path_get_basename(l->site->milter_socket);

	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *start = g_strdup_printf("X%s,", names[i]), *place = NULL;
		const char *line = line_of(l, start);

		place = line != NULL ? field(line, "S=") : NULL;
		if (place == NULL ||
		    (strstr(place, l->site->milter_socket) == NULL &&
		        !(strstr(names[i], "rinnova") != NULL && g_str_has_suffix(place, file))))
			continue;
		if (l->site->milter_strip && i > 0)
			rn_mta_say(l->list, RN_MTA_FAIL, "milter",
			    "is not the first of InputMailFilters, so strip-results takes the results of your own verifiers off as well; move INPUT_MAIL_FILTER(`%s') before the others",
			    names[i]);
		if (!l->site->milter_strip && names[i + 1] != NULL)
			rn_mta_say(l->list, RN_MTA_FAIL, "milter",
			    "is not the last of InputMailFilters; move INPUT_MAIL_FILTER(`%s') behind the others",
			    names[i]);
		check_filter(l, names[i], line);
		return;
	}
	rn_mta_say(l->list, RN_MTA_OK, "milter", "not in use");
}

GPtrArray *
rn_mta_sendmail(const RnSite *site, const char *cf, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GPtrArray) list = rn_mta_findings();
	g_auto(GStrv) lines = NULL;
	Look l = { .site = site, .cf = *cf != '\0' ? cf : USUAL, .list = list };
	g_autoptr(GError) why = NULL;

	if (!g_file_get_contents(l.cf, &text, NULL, &why)) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s cannot be read: %s", l.cf, why->message);
		return NULL;
	}
	lines = logical_lines(text);
	l.lines = lines;
	if (*site->delimiter != '\0' && *site->delimiter != '+')
		rn_mta_say(list, RN_MTA_FAIL, "delimiter",
		    "Sendmail's rules part an address at + only; write in rinnova.conf: delimiter = +");
	if (!check_addresses(&l, error))
		return NULL;
	check_size(&l);
	check_milter(&l);
	if (site->mail_queue != RN_QUEUE_SENDMAIL)
		rn_mta_say(list, RN_MTA_WARN, "queue",
		    "rinnova expire does not look at replies that still wait there; write in rinnova.conf: mail-queue = sendmail");
	return g_steal_pointer(&list);
}
