/* milter_conf.h: configuration and keys of the milter as they were read last. A message under way keeps those
 * with which it began. */
#ifndef RN_PROG_MILTER_CONF_H
#define RN_PROG_MILTER_CONF_H

#include <time.h>

#include "mail/token.h"

typedef struct {
	gint		 refs;
	RnSettings	*settings;
	RnKeyRing	*ring;
	struct timespec	 written;	/* when the file of the keys was */
	char		*refusal;	/* what a refused sender is told, fit for smfi_setreply() */
} RnMilterConf;

/* Reads FILE and the keys it names, and nothing else. NULL with RN_ERR_CONFIG. */
RnMilterConf *rn_milter_conf_read(const char *file, GError **error);

/* Has the file of the keys been written since? A letter signed with a key that we do not know must not be
 * refused because nobody told us of it. */
gboolean rn_milter_conf_stale(const RnMilterConf *c);

RnMilterConf *rn_milter_conf_ref(RnMilterConf *c);
void rn_milter_conf_unref(RnMilterConf *c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnMilterConf, rn_milter_conf_unref)

#endif
