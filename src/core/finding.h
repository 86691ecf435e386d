/* finding.h: what a look at the site has found, point by point. */
#ifndef RN_CORE_FINDING_H
#define RN_CORE_FINDING_H

#include "base/base.h"

typedef enum { RN_FIND_OK, RN_FIND_WARN, RN_FIND_FAIL } RnFindLevel;

typedef struct {
	RnFindLevel	 level;
	char		*point;		/* "store", "token keys": fixed words */
	char		*text;		/* what was found */
	char		*todo;		/* the one thing to do; NULL where there is nothing, or the text says it */
} RnFinding;

/* An empty list with its free function. */
GPtrArray *rn_findings_new(void);

/* Appends a finding. TODO may be NULL; TEXT is copied. */
void rn_find(GPtrArray *list, RnFindLevel level, const char *point, const char *text, const char *todo);

/* The same, with TEXT taken over. */
void rn_find_take(GPtrArray *list, RnFindLevel level, const char *point, char *text, const char *todo);

/* OK with TEXT where ERROR is NULL, else FAIL with its message; clears *ERROR. TRUE if ok. */
gboolean rn_find_by(GPtrArray *list, GError **error, const char *point, const char *text, const char *todo);

/* The worst level of LIST. */
RnFindLevel rn_findings_worst(const GPtrArray *list);

/* "ok", "warn", "fail"; static. */
const char *rn_find_word(RnFindLevel level);

#endif
