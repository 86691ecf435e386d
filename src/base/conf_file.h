/* conf_file.h: what conf.c and conf_value.c share: a file that was read, and where its keys stand. */
#ifndef RN_BASE_CONF_FILE_H
#define RN_BASE_CONF_FILE_H

#include "base/conf.h"

/* One section header (key NULL) or key of the file. */
typedef struct {
	char	*section;
	char	*key;
	guint	 line;
} RnConfPlace;

struct RnConf {
	char		*name;		/* for errors */
	GKeyFile	*file;
	GPtrArray	*places;	/* RnConfPlace in file order */
	GHashTable	*index;		/* "section\nkey" -> RnConfPlace of places */
};

/* "FILE:LINE" of KEY in SECTION, else of the section (also when KEY is NULL), else "FILE"; caller frees. */
char *rn_conf_where(RnConf *conf, const char *section, const char *key);

#endif
