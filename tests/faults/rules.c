/* rules.c: counting calls, and what becomes of each. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim.h"

typedef struct {
	FaultGroup	 group;
	uint32_t	 from, count;
	enum { ERRNO, SHORT, KILL, KILL_AFTER } what;
	int		 number;	/* of ERRNO */
} Rule;

FaultControl *fault_control;
int fault_depth = -1;			/* how many forks below the process that was asked for */

static int wanted_depth = -2;
static FaultSlot *slot;
static Rule rules[FAULT_RULES];
static int n_rules;

static const struct {
	const char	*name;
	int		 number;
} errors[] = { { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EMFILE", EMFILE }, { "ENOMEM", ENOMEM },
	{ "EINTR", EINTR }, { "EPIPE", EPIPE }, { "ECONNRESET", ECONNRESET }, { "EACCES", EACCES },
	{ "ECONNREFUSED", ECONNREFUSED } };

int
fault_active(void)
{
	return slot != NULL && fault_depth == wanted_depth;
}

_Noreturn void
fault_kill(void)
{
	for (;;)
		kill(getpid(), SIGKILL);
}

static FaultWhat
apply(const Rule *r)
{
	switch (r->what) {
	case KILL:
		fault_kill();
	case KILL_AFTER:
		return FAULT_KILL_AFTER;
	case SHORT:
		return FAULT_SHORT;
	case ERRNO:
	default:
		errno = r->number;
		return FAULT_FAIL;
	}
}

static FaultWhat
look(FaultGroup group, uint32_t n)
{
	for (int i = 0; i < n_rules; i++)
		if (rules[i].group == group && n >= rules[i].from && n - rules[i].from < rules[i].count) {
			atomic_fetch_add(&slot->fired[i], 1);
			return apply(&rules[i]);
		}
	return FAULT_GO;
}

FaultWhat
fault_next(FaultGroup group)
{
	FaultWhat what = look(group, atomic_fetch_add(&slot->calls[group], 1) + 1);

	if (group == FAULT_MEMORY || what != FAULT_GO)
		return what;
	return look(FAULT_STEP, atomic_fetch_add(&slot->calls[FAULT_STEP], 1) + 1);
}

size_t
fault_room(size_t len)
{
	int64_t room = atomic_load(&fault_control->room), take;

	do {
		if (room < 0)
			return len;
		take = room < (int64_t)len ? room : (int64_t)len;
	} while (!atomic_compare_exchange_weak(&fault_control->room, &room, room - take));
	return (size_t)take;
}

/* One rule, GROUP:FROM:COUNT:WHAT. 0 where it is none. */
static int
read_rule(const char *text, Rule *r)
{
	const char *letter = strchr(FAULT_LETTERS, *text);
	char *end;

	if (letter == NULL || *text == '\0' || text[1] != ':')
		return 0;
	r->group = (FaultGroup)(letter - FAULT_LETTERS);
	r->from = (uint32_t)strtoul(text + 2, &end, 10);
	r->count = (uint32_t)strtoul(end + 1, &end, 10);
	if (*end++ != ':')
		return 0;
	r->what = strcmp(end, "short") == 0 ? SHORT :
	    strcmp(end, "kill") == 0        ? KILL :
	    strcmp(end, "killafter") == 0   ? KILL_AFTER :
	                                      ERRNO;
	r->number = EIO;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(end, errors[i].name) == 0)
			r->number = errors[i].number;
	return 1;
}

void
fault_rules(const char *spec, int at, int depth)
{
	char text[512], *save = NULL;

	strncpy(text, spec, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (char *word = strtok_r(text, ",", &save); word != NULL && n_rules < FAULT_RULES;
	     word = strtok_r(NULL, ",", &save))
		n_rules += read_rule(word, &rules[n_rules]);
	fault_depth = 0;
	wanted_depth = depth;
	if (fault_control != NULL && at >= 0 && at < FAULT_SLOTS)
		slot = &fault_control->slots[at];
}
