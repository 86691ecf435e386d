/* daticert.h: the certification data of a PEC message (RFC 6109 4.4). libxml2; only in the parser child, and
 * only over bytes whose signature holds, unless it is for a person's eyes. */
#ifndef RN_MAIL_DATICERT_H
#define RN_MAIL_DATICERT_H

#include "model/registered.h"

/* Reads XML into kind, time, provider, mittente, identificativo, msgid, consegna, errore, code, receipt and
 * recipients of REG. No DOCTYPE, no entity of its own, at most 256 kB, 2,000 recipients; elements that may
 * stand once stand once. FALSE with *WHY (static) if it is not so: then REG is not to be used. */
gboolean rn_daticert_read(GBytes *xml, RnRegistered *reg, const char **why);

#endif
