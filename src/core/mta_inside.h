/* mta_inside.h: what the files mta_*.c share. */
#ifndef RN_CORE_MTA_INSIDE_H
#define RN_CORE_MTA_INSIDE_H

#include "core/mta.h"
#include "net/postconf.h"

/* Adds a finding to LIST, unless it is there already. */
void rn_mta_say(GPtrArray *list, RnMtaLevel level, const char *point, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

GPtrArray *rn_mta_findings(void);

/* An address of SITE as a letter of ours has it, with a made-up token; caller frees. */
char *rn_mta_sample(const RnSite *site);

/* TEXT at its blanks and commas, but not inside {}; caller frees with g_strfreev. */
char **rn_mta_words(const char *text);

/* "30s" (or m, h, d; nothing: seconds) in seconds, whatever stands behind it. */
gint64 rn_mta_seconds(const char *text);

/* Says under POINT whether USER (NULL = root, who may everything) can write to the socket PATH, and whether
 * it is the one that KEY of rinnova.conf names, OURS. HINT: what to write if it is another one. */
void rn_mta_socket(GPtrArray *list, const char *point, const char *path, const char *ours, const char *key,
    const char *user, const char *hint);

/* One Postfix under examination. */
typedef struct {
	const RnSite		*site;
	const RnPostconf	*conf;
	GPtrArray		*list;		/* findings */
	char			*token;		/* our address with a token, and without */
	char			*public;
} RnMtaLook;

/* The first entry of MAPS (a list of type:name) for ADDR, or for what Postfix tries after it: without the
 * extension, and the domain, written as @domain if AT. NULL without an error if there is none; an unreadable
 * map is a finding under POINT. Caller frees. */
char *rn_mta_find(const RnMtaLook *l, const char *point, const char *maps, const char *addr, gboolean at);

/* Is DOMAIN in the list of names and maps that main.cf has under NAME? PARENTS: a name stands for its
 * sub-domains too. */
gboolean rn_mta_listed(const RnMtaLook *l, const char *name, const char *domain, gboolean parents);

/* PATH of a socket as SERVICE writes it, seen from outside its chroot; caller frees. */
char *rn_mta_path(const RnMtaLook *l, const RnService *service, const char *path);

/* Where TRANSPORT is local(8): does the alias NAME start us? TRUE for any other transport. */
gboolean rn_mta_alias_leads(const RnMtaLook *l, const char *transport, const char *name);
void rn_mta_door(const RnMtaLook *l, const char *transport);	/* mta_door.c: master.cf's end */
void rn_mta_guard(const RnMtaLook *l);				/* mta_guard.c: size, smuggling, forgery */
void rn_mta_milter(const RnMtaLook *l);				/* mta_milter.c */

#endif
