/* base.h: what every file of Rinnova starts from: GLib, the error domain, autoptrs. */
#ifndef RN_BASE_BASE_H
#define RN_BASE_BASE_H

#include <glib.h>

#define RN_VERSION "0.1.0"

/* The error domain. The code says what the caller can do about it; the message
 * names the place (file, line, key, message) and what to do. */
#define RN_ERROR rn_error_quark()

typedef enum {
	RN_ERR_USAGE,		/* the command line is wrong */
	RN_ERR_CONFIG,		/* the configuration, a key file or a template is wrong */
	RN_ERR_INPUT,		/* data from outside is wrong: a CSV line, a message, an address */
	RN_ERR_LIMIT,		/* data from outside is over a limit */
	RN_ERR_NOT_FOUND,	/* nothing by that name */
	RN_ERR_STATE,		/* not allowed in the state that it is in */
	RN_ERR_BUSY,		/* try again later: store locked, disk full, peer away */
	RN_ERR_STORE,		/* the store is damaged, foreign, or from the future */
	RN_ERR_NET,		/* the other side of a connection refused or broke off */
	RN_ERR_INTERNAL		/* a bug */
} RnErrorCode;

GQuark rn_error_quark(void);

#endif
