/* pack_look.h: what the parts of pack_check.h share while they look through evidence. */
#ifndef RN_CORE_PACK_LOOK_H
#define RN_CORE_PACK_LOOK_H

#include "core/pack_check.h"

typedef struct {
	const RnPack	*pack;
	RnParser	*parser;	/* reads letters; NULL: there is none, and contracts are not looked at */
	const RnTrust	*trust;
	RnCheckTell	 tell;
	gpointer	 data;
	gboolean	 good;
	gboolean	 is_signed;	/* by somebody whose certificate led to an anchor */
	GHashTable	*digests;	/* "L12", "R5" -> digest of that file; owned by it */
	GHashTable	*held;		/* those whose digest a row holds */
	GPtrArray	*chains;	/* RnProofChain; NULL: they cannot be read */
} RnLook;

/* Tells of WHAT; RN_CHECK_FAIL means that the evidence does not hold. */
void rn_look_say(RnLook *l, RnCheck how, const char *what, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* A time as it is shown; the caller frees. */
char *rn_look_time(gint64 t);

/* Every file is one that evidence has; the contracts are those that the letters enclose whose digests rows
 * hold, which is known after rn_look_rows() (pack_files.c). */
void rn_look_names(RnLook *l);
void rn_look_contracts(RnLook *l);

/* Reads the chains and sees that each is whole; the time-stamps, from which it follows how far each of them
 * is vouched for (pack_stamp.c); then the mails and letters that the rows hold the digests of
 * (pack_rows.c). */
void rn_look_chains(RnLook *l);
void rn_look_stamps(RnLook *l);
void rn_look_rows(RnLook *l);

#endif
