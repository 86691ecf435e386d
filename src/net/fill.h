/* fill.h: {placeholders} in the URL and the JSON body of driver http. Private to net. */
#ifndef RN_NET_FILL_H
#define RN_NET_FILL_H

#include <jansson.h>

#include "base/base.h"

/* URL with each {name} replaced by that member of VALUES, percent-encoded (RFC 3986 2.3), null as nothing.
 * NULL with RN_ERR_CONFIG for a name that is not in VALUES or a brace without its pair. Caller frees. */
char *rn_fill_url(const char *url, const json_t *values, GError **error);

/* A copy of TEMPLATE in which strings are filled: "{name}" alone becomes the member itself, whatever its
 * type; within a longer string its text. A value can so never leave its place. Caller releases; errors as
 * above. */
json_t *rn_fill_json(const json_t *template, const json_t *values, GError **error);

#endif
