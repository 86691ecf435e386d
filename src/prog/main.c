#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "prog/prog.h"

#define RN_VERSION "0.1.0"

const RnCommand rn_commands[] = { { "init", rn_cmd_init, "", "make the store and the token key" },
	{ "check", rn_cmd_check, "", "read the whole configuration and say what is wrong" },
	{ "import", rn_cmd_import,
	    "[--keep-going] [--roll [--convention NAME]] [--dry-run] [--force --reason TEXT] FILE.csv",
	    "add and update boxes from a CSV file" },
	{ "box", rn_cmd_box, "list|show [--json] [BOX] | delegate BOX list|add|remove [ADDRESS]",
	    "boxes and what happened to them" },
	{ "order", rn_cmd_order, "list|show|renewed|retry [--json] [NUMBER]", "renewal orders" },
	{ "outbox", rn_cmd_outbox, "list|retry [--json] [--all] [ID]",
	    "letters and provider calls that wait" },
	{ "held", rn_cmd_held, "list|show|release [--json] [ID]", "mail that waits for a person" },
	{ "document", rn_cmd_document,
	    "list|show|accept|refuse [--json] [--output FILE] [--reason TEXT] [ID]",
	    "identity documents that members sent" },
	{ "key", rn_cmd_key, "list|rotate|retire ID", "the keys that sign tokens" },
	{ "token", rn_cmd_token, "show TOKEN", "explain one token" },
	{ "notify", rn_cmd_notify, "[--dry-run] [--date YYYY-MM-DD]", "write the notices that are due" },
	{ "expire", rn_cmd_expire,
	    "[--dry-run] [--date YYYY-MM-DD] [--force-over-brake --reason TEXT] | undo BOX",
	    "deactivate the boxes whose last day is over" },
	{ "report", rn_cmd_report, "--convention NAME [--from DAY] [--to DAY] [--csv | --reconcile FILE.csv]",
	    "the orders that the payer owes, and the provider's invoice against them" },
	{ "courier", rn_cmd_courier, "[--once]", "send letters and call providers" },
	{ "lmtpd", rn_cmd_lmtpd, "[--socket PATH]", "take mail by LMTP" },
	{ "deliver", rn_cmd_deliver, "--rcpt ADDR [--sender ADDR] [--queue-id ID] [--client IP]",
	    "take one mail on stdin" },
	{ "explain", rn_cmd_explain,
	    "[--json] [--at DATE] [--rcpt ADDR] [--sender ADDR] [--letter FILE|--no-letter] [FILE]",
	    "say what would be done with a mail, and why" },
	{ NULL, NULL, NULL, NULL } };

static void
print_help(FILE *to)
{
	fputs(
	    "rinnova renews certified mailboxes (PEC) by mail alone\n\nusage: rinnova COMMAND [--config FILE] [OPTION...]\n\n",
	    to);
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		fprintf(to, "  %-8s %s\n", c->name, c->summary);
	fputs("\n`rinnova COMMAND --help` tells more of one; so does `man rinnova`.\n", to);
}

int
main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? RN_EXIT_USAGE : RN_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("rinnova " RN_VERSION);
		return RN_EXIT_OK;
	}
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		if (strcmp(argv[1], c->name) == 0)
			return c->run(argc - 1, argv + 1);
	fprintf(stderr, "rinnova: there is no command \"%s\"; `rinnova --help` lists them\n", argv[1]);
	return RN_EXIT_USAGE;
}
