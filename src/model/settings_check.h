/* settings_check.h: what a table of keys cannot say about a configuration. Private to the settings. */
#ifndef RN_MODEL_SETTINGS_CHECK_H
#define RN_MODEL_SETTINGS_CHECK_H

#include "model/settings.h"

/* Checks S, read from CONF, as rn_settings_read() promises, and opens the time zone. FALSE with RN_ERR_CONFIG
 * "FILE:LINE: [section] key: what is wrong; allowed: ...". */
gboolean rn_settings_check(RnSettings *s, RnConf *conf, GError **error);

/* Where the service manager hands over a credential that is called as a file of keys or of a secret, such as
 * token.key for /etc/rinnova/token.key, the copy is read in its place. */
void rn_settings_credentials(RnSettings *s);

#endif
