/* postconf.h: the live configuration of a Postfix, as its own programs tell it. */
#ifndef RN_NET_POSTCONF_H
#define RN_NET_POSTCONF_H

#include "base/base.h"

typedef struct RnPostconf RnPostconf;

/* A line of master.cf. */
typedef struct {
	char	*name;		/* "rinnova-lmtp", "25", "127.0.0.1:10025" */
	char	*type;		/* "unix", "inet" */
	gboolean chroot;
	char	**command;	/* the program and its words */
} RnService;

/* Asks postconf(1) for main.cf and master.cf of the folder DIR, "" for the usual one. NULL with RN_ERR_BUSY
 * if it cannot be had. */
RnPostconf *rn_postconf_read(const char *dir, GError **error);
void rn_postconf_free(RnPostconf *p);

/* The value of NAME with every $name in it replaced; "" if Postfix does not know NAME. */
const char *rn_postconf_get(const RnPostconf *p, const char *name);

/* The value of NAME for SERVICE: its own "-o" line, else that of main.cf. */
const char *rn_postconf_of(const RnPostconf *p, const RnService *service, const char *name);

/* Every service (RnService), in file order; the one called NAME of type unix, NULL if there is none. */
const GPtrArray *rn_postconf_services(const RnPostconf *p);
const RnService *rn_postconf_service(const RnPostconf *p, const char *name);

/* What MAP (type:name; a proxy: before it is left out) has for the first of KEYS that it knows, by
 * postmap(1); caller frees. NULL without an error if it knows none; with RN_ERR_BUSY if it cannot be read. */
char *rn_postconf_lookup(const RnPostconf *p, const char *map, const char *const *keys, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnPostconf, rn_postconf_free)

#endif
