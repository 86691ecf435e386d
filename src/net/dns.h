/* dns.h: TXT records, for what the world is told of a domain. */
#ifndef RN_NET_DNS_H
#define RN_NET_DNS_H

#include "base/base.h"

typedef enum { RN_DNS_FOUND, RN_DNS_NONE, RN_DNS_UNKNOWN } RnDnsEnd;

/* The TXT record of NAME that begins with PREFIX (whatever its case), its parts joined, as *TEXT (caller
 * frees, NULL if there is none). RN_DNS_UNKNOWN where no name server answers within MS milliseconds. */
RnDnsEnd rn_dns_txt(const char *name, const char *prefix, guint ms, char **text);

#endif
