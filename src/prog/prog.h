/* prog.h: the table of commands. One file per command; main looks the name up and runs it. */
#ifndef RN_PROG_PROG_H
#define RN_PROG_PROG_H

#include "base/base.h"

#define RN_DEFAULT_CONFIG "/etc/rinnova/rinnova.conf"

/* Exit codes of the desk (deliver has its own: 0 or 75). sysexits(3). */
enum {
	RN_EXIT_OK = 0,
	RN_EXIT_FAILED = 1,
	RN_EXIT_WARN = 2,
	RN_EXIT_USAGE = 64,
	RN_EXIT_DATA = 65,
	RN_EXIT_NOT_FOUND = 66,
	RN_EXIT_SOFTWARE = 70,
	RN_EXIT_TEMP = 75,
	RN_EXIT_CONFIG = 78
};

typedef struct {
	const char	*name;
	int		(*run)(int argc, char **argv);	/* argv[0] is the command's name */
	const char	*usage;		/* "[--json] [--config F] FILE" */
	const char	*summary;
} RnCommand;

/* Rows end with a NULL name. */
extern const RnCommand rn_commands[];

/* Prints "rinnova: COMMAND: message" on stderr and gives the exit code for ERROR's code. */
int rn_complain(const char *command, const GError *error);

/* Parses ARGV of COMMAND with OPTIONS (GOption rows; --config is added and lands in *CONFIG, default
 * RN_DEFAULT_CONFIG or env RINNOVA_CONFIG; --help prints usage and ends). *ARGC is left as the number of what
 * is not an option (argv[0] first). FALSE after printing what is wrong (exit RN_EXIT_USAGE). */
gboolean rn_options(int *argc, char ***argv, const GOptionEntry *options, char **config);

/* Told of each option of a command, --config included. */
typedef void (*RnOptionFunc)(const char *command, const GOptionEntry *option, gpointer data);

/* Tells FUNC the options of C: they stand in the command itself, which is started up to its rn_options(). So
 * that comes first in every command. */
void rn_options_of(const RnCommand *c, RnOptionFunc func, gpointer data);
/* Is that going on? For a command that would do something before. */
gboolean rn_options_asked(void);

int rn_cmd_init(int argc, char **argv);
int rn_cmd_check(int argc, char **argv);
int rn_cmd_import(int argc, char **argv);
int rn_cmd_box(int argc, char **argv);
int rn_cmd_order(int argc, char **argv);
int rn_cmd_outbox(int argc, char **argv);
int rn_cmd_receipt(int argc, char **argv);
int rn_cmd_held(int argc, char **argv);
int rn_cmd_document(int argc, char **argv);
int rn_cmd_key(int argc, char **argv);
int rn_cmd_template(int argc, char **argv);
int rn_cmd_token(int argc, char **argv);
int rn_cmd_report(int argc, char **argv);
int rn_cmd_simulate(int argc, char **argv);
int rn_cmd_notify(int argc, char **argv);
int rn_cmd_digest(int argc, char **argv);
int rn_cmd_expire(int argc, char **argv);
int rn_cmd_prune(int argc, char **argv);
int rn_cmd_lmtpd(int argc, char **argv);
int rn_cmd_deliver(int argc, char **argv);
int rn_cmd_milter(int argc, char **argv);
int rn_cmd_courier(int argc, char **argv);
int rn_cmd_explain(int argc, char **argv);
int rn_cmd_audit(int argc, char **argv);
int rn_cmd_evidence(int argc, char **argv);
int rn_cmd_completion(int argc, char **argv);
int rn_cmd_db(int argc, char **argv);
int rn_cmd_metrics(int argc, char **argv);

#endif
