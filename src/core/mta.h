/* mta.h: is the mail server before us configured as contrib/postfix and contrib/sendmail say? */
#ifndef RN_CORE_MTA_H
#define RN_CORE_MTA_H

#include "model/settings.h"

typedef enum { RN_MTA_OK, RN_MTA_WARN, RN_MTA_FAIL } RnMtaLevel;

/* One point that was looked at. */
typedef struct {
	RnMtaLevel	 level;
	char		*point;		/* "transport" */
	char		*text;		/* what is wrong and which line to write; or what was found good */
} RnMtaFinding;

/* Looks at the live configuration of Postfix in the folder DIR ("" = the usual one) by postconf(1) and
 * postmap(1), or of Sendmail in the file CF ("" = the usual one) by reading it and by sendmail -bv of
 * courier.sendmail; changes nothing. GPtrArray of RnMtaFinding, in the order of the pages. NULL with
 * RN_ERR_BUSY if it cannot be read. */
GPtrArray *rn_mta_postfix(const RnSite *site, const char *dir, GError **error);
GPtrArray *rn_mta_sendmail(const RnSite *site, const char *cf, GError **error);

#endif
