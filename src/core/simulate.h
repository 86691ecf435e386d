/* simulate.h: what would happen day by day, played on a copy of the store. */
#ifndef RN_CORE_SIMULATE_H
#define RN_CORE_SIMULATE_H

#include <signal.h>

#include "core/engine.h"

/* How members are expected to answer: percentages. */
typedef struct {
	struct {
		int	day;		/* of the notice, days before the end */
		guint	renew, decline;	/* of a hundred who got it */
	}	 notices[32];
	guint	 n_notices;
	guint	 accept;		/* of a hundred who got the summary */
	guint	 document;		/* of a hundred who were asked for the document */
	int	 delay;			/* days until an answer comes */
} RnAnswers;

/* Nobody answers anything. */
void rn_answers_none(RnAnswers *a);

/* Reads FILE, a key file with one group [answers]: keys of days ("30 = 20 2": percent that asks, percent that
 * says no), accept, document and delay. RN_ERR_CONFIG naming file and key. */
gboolean rn_answers_read(const char *file, RnAnswers *a, GError **error);

/* One day of it. */
typedef struct {
	RnDay	day;
	guint	letters[RN_LETTER_N];	/* written, by kind */
	guint	all;			/* of them */
	guint	requests, concluded, deactivated;
	gboolean braked;		/* the brake would have pulled; the day went on without it */
} RnSimulatedDay;

typedef void (*RnSimulateShow)(const RnSimulatedDay *day, gpointer data);

typedef struct {
	RnDay		 from, to;
	const RnAnswers	*answers;
	const char	*maildir;	/* gets every letter (new/); NULL = none */
	const volatile sig_atomic_t *stop;	/* once it is set the play ends, and the copy is removed */
	RnSimulateShow	 show;		/* told of every day */
	gpointer	 data;
} RnSimulation;

/* Copies the store of the configuration FILE into a private folder, plays SIM there and removes the copy;
 * nothing is sent, no provider is asked, the store itself is only read. Members who answer are the same each
 * time. RN_ERR_STORE, RN_ERR_CONFIG. */
gboolean rn_simulate(const char *file, const RnSimulation *sim, GError **error);

#endif
