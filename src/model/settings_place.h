/* settings_place.h: where a wrong setting stands, for errors; and the checks of conventions. Private to the
 * settings. */
#ifndef RN_MODEL_SETTINGS_PLACE_H
#define RN_MODEL_SETTINGS_PLACE_H

#include "model/settings.h"

typedef struct {
	const char	*file;
	RnConf		*conf;
	const char	*section;	/* as in the file: "convention fnomceo" */
	const char	*table;		/* as in the table of keys: "convention *" */
} RnPlace;

/* Sets RN_ERR_CONFIG "FILE:LINE: [section] key: WHAT; allowed: ..."; KEY NULL: the section itself. Always
 * FALSE. */
gboolean rn_place_wrong(const RnPlace *p, const char *key, GError **error, const char *what, ...)
    G_GNUC_PRINTF(4, 5);

/* FALSE with such an error if a text in OF, filled for the section of P, holds a control character ("\\n" in
 * the file): no line of a header or of a log may come from there. */
gboolean rn_place_plain(const RnPlace *p, const void *of, GError **error);

/* The part of rn_settings_check() that is about conventions. */
gboolean rn_settings_check_conventions(const RnSettings *s, RnConf *conf, GError **error);

#endif
