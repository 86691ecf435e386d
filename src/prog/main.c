#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "prog/prog.h"

const RnCommand rn_commands[] = { { "init", rn_cmd_init, "", "make the store and the token key" },
	{ "check", rn_cmd_check,
	    "[--json] [--probe] [--send] [--wait SECONDS] [--mta postfix|sendmail [--mta-config PATH]]",
	    "look at everything and say what is wrong, and what to do" },
	{ "import", rn_cmd_import,
	    "[--keep-going] [--roll [--convention NAME]] [--dry-run] [--force --reason TEXT] FILE.csv",
	    "add and update boxes from a CSV file" },
	{ "box", rn_cmd_box,
	    "list|show|why [--json] [BOX] | delegate BOX list|add|remove [ADDRESS] | legal-hold BOX [--end] --reason TEXT | "
	    "forget BOX --reason TEXT",
	    "boxes and what happened to them" },
	{ "order", rn_cmd_order, "list|show|renewed|retry [--json] [NUMBER]", "renewal orders" },
	{ "outbox", rn_cmd_outbox, "list|retry [--json] [--all] [ID]",
	    "letters and provider calls that wait" },
	{ "held", rn_cmd_held,
	    "list|show|accept|discard|ask|release|close [--json] [--text TEXT] [--reason TEXT] [ID]",
	    "mail that waits for a person" },
	{ "receipt", rn_cmd_receipt, "list|export|again [--json] [ID]",
	    "receipts of registered mail about our letters" },
	{ "document", rn_cmd_document,
	    "list|show|accept|refuse [--json] [--output FILE] [--reason TEXT] [ID]",
	    "identity documents that members sent" },
	{ "key", rn_cmd_key, "list|rotate | retire ID --reason TEXT | store FILE | seal [--dry-run]",
	    "the keys that sign tokens, and those of the store" },
	{ "template", rn_cmd_template, "check | preview LETTER [--box BOX]",
	    "look at letters before they are sent" },
	{ "db", rn_cmd_db,
	    "backup PATH | check [PATH] | vacuum | migrate | restore PATH [--moved] | "
	    "restore --resume [--go [--drop-letters] [--pass-notices]]",
	    "back-up, restore and upkeep of the store" },
	{ "token", rn_cmd_token, "show TOKEN", "explain one token" },
	{ "notify", rn_cmd_notify, "[--dry-run] [--date YYYY-MM-DD]", "write the notices that are due" },
	{ "digest", rn_cmd_digest, "[--dry-run]",
	    "list the held mail to the administrators, who answer the list" },
	{ "expire", rn_cmd_expire,
	    "[--dry-run] [--date YYYY-MM-DD] [--force-over-brake --reason TEXT] | undo BOX",
	    "deactivate the boxes whose last day is over" },
	{ "prune", rn_cmd_prune, "[--dry-run] [--date YYYY-MM-DD]", "remove what was kept long enough" },
	{ "report", rn_cmd_report,
	    "[--convention NAME] [--from DAY] [--to DAY] [--text | --csv | --html | --mail | --owed | --reconcile FILE]",
	    "who renewed, who did not and why, what the payer owes" },
	{ "simulate", rn_cmd_simulate, "--from DAY --to DAY [--answers FILE] [--maildir DIR] [--csv]",
	    "what would be sent and deactivated, day by day" },
	{ "metrics", rn_cmd_metrics, "[--textfile FILE]", "the figures of the site, for Prometheus" },
	{ "audit", rn_cmd_audit, "verify [--convention NAME] [--head NAME:ROW:DIGEST | --head FILE] [--json]",
	    "is the ledger what was written?" },
	{ "evidence", rn_cmd_evidence,
	    "NUMBER [--out PATH] [--format dir|zip|eml] | verify PATH [--anchors PATH]",
	    "everything about an order, for a lawyer, and whether it holds" },
	{ "courier", rn_cmd_courier, "[--once]", "send letters and call providers" },
	{ "lmtpd", rn_cmd_lmtpd, "[--socket PATH]", "take mail by LMTP" },
	{ "deliver", rn_cmd_deliver, "--rcpt ADDR [--sender ADDR] [--queue-id ID] [--client IP]",
	    "take one mail on stdin" },
	{ "milter", rn_cmd_milter, "[--socket PATH]", "look at mail before the mail server's queue" },
	{ "explain", rn_cmd_explain,
	    "[--json] [--at DATE] [--rcpt ADDR] [--sender ADDR] [--letter FILE|--no-letter] [FILE...]",
	    "say what would be done with a mail, and why" },
	{ "completion", rn_cmd_completion, "bash|zsh|list", "what a shell needs to complete command lines" },
	{ NULL, NULL, NULL, NULL } };

static void
print_help(FILE *to)
{
	fputs("rinnova renews certified mailboxes (PEC) by mail alone\n\n"
	      "usage: rinnova COMMAND [--config FILE] [OPTION...]\n\n",
	    to);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		fprintf(to, "  %-10s %s\n", c->name, c->summary);
	fputs("\n`rinnova help COMMAND` tells more of one, `man rinnova-COMMAND` all.\n", to);
}

/* The command NAME, which is complained about where there is none. */
static const RnCommand *
command_called(const char *name)
{
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		if (strcmp(name, c->name) == 0)
			return c;
	fprintf(stderr, "rinnova: there is no command \"%s\"; `rinnova help` lists them\n", name);
	return NULL;
}

static int
help(int argc, char **argv)
{
	const RnCommand *c = argc > 2 ? command_called(argv[2]) : NULL;
	char *line[] = { c != NULL ? argv[2] : NULL, "--help", NULL };

	if (argc <= 2)
		print_help(stdout);
	if (c != NULL)
		c->run(2, line);	/* deliver says 75 where it took no mail */
	return argc <= 2 || c != NULL ? RN_EXIT_OK : RN_EXIT_USAGE;
}

/* A caller may have closed one of the first three descriptors: then a socket or the store's file would get
 * its number, and a log line or the message's text would end up in there. */
static void
fill_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* CODE, or another one where what was printed did not arrive: a report on a full disk is none. deliver prints
 * nothing, and its status is about the mail alone. */
static int
after_printing(const RnCommand *c, int code)
{
	if (c->run == rn_cmd_deliver || (fflush(stdout) == 0 && ferror(stdout) == 0))
		return code;
	fprintf(stderr, "rinnova: %s: what it prints cannot be written: is the disk full?\n", c->name);
	if (c->run == rn_cmd_check)
		return RN_EXIT_WARN;
	return code == RN_EXIT_OK ? RN_EXIT_TEMP : code;
}

int
main(int argc, char **argv)
{
	const RnCommand *c;

	fill_standard();
	setlocale(LC_ALL, "C.UTF-8");
	rn_error_quark();	/* made before any thread: each would make it, and none guards it */
	if (argc < 2) {
		print_help(stderr);
		return RN_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return help(argc, argv);
	if (strcmp(argv[1], "--version") == 0) {
		puts("rinnova " RN_VERSION);
		return RN_EXIT_OK;
	}
	c = command_called(argv[1]);
	return c != NULL ? after_printing(c, c->run(argc - 1, argv + 1)) : RN_EXIT_USAGE;
}
