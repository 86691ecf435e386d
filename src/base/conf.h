/* conf.h: a GKeyFile read by a table of keys. Every error names file, line, key and what is allowed. */
#ifndef RN_BASE_CONF_H
#define RN_BASE_CONF_H

#include "base/base.h"

typedef enum {
	RN_CONF_TEXT,		/* char *            any text */
	RN_CONF_PATH,		/* char *            an absolute path, or "" */
	RN_CONF_ADDR,		/* char *            a mail address (rn_addr_valid), or "" */
	RN_CONF_BOOL,		/* gboolean          true|false|yes|no|1|0 */
	RN_CONF_INT,		/* int               within min..max */
	RN_CONF_MONEY,		/* gint64 cents      12.20 or 12,20 */
	RN_CONF_BYTES,		/* gint64            10M, 64k, 512 */
	RN_CONF_TIME,		/* int seconds       30s, 5m, 2h, 4d */
	RN_CONF_INTS,		/* GArray of int     90,60,30 ; each within min..max */
	RN_CONF_LIST,		/* char ** (strv)    a;b;c */
	RN_CONF_WORD		/* int               one of the words in `allowed` ("one|two"); its index */
} RnConfType;

typedef struct {
	const char	*section;	/* "site"; "convention *" means [convention NAME] */
	const char	*key;
	RnConfType	 type;
	gsize		 offset;	/* of the member in the struct that the section fills */
	const char	*fallback;	/* the default, in file form; NULL = the key must be given */
	int		 min, max;	/* for RN_CONF_INT and RN_CONF_INTS */
	const char	*allowed;	/* for RN_CONF_WORD; also shown in errors of the others */
} RnConfKey;

/* A file that was read. */
typedef struct RnConf RnConf;

/* Reads FILE. NULL with RN_ERR_CONFIG ("rinnova.conf:12: ...") if it cannot be read or is no key file,
 * or if a key stands twice in a section. */
RnConf *rn_conf_read(const char *file, GError **error);

/* As rn_conf_read, from TEXT; NAME stands for the file in errors. */
RnConf *rn_conf_from_text(const char *text, const char *name, GError **error);

/* The text of FILE, for rn_conf_from_text(). NULL with RN_ERR_CONFIG. Caller frees. */
char *rn_conf_text(const char *file, GError **error);
void rn_conf_free(RnConf *conf);

/* Names of the sections "PREFIX NAME" in file order, without the prefix: caller frees with g_strfreev. */
char **rn_conf_names(RnConf *conf, const char *prefix);

/* Fills the members of TO for SECTION (the real name, such as "convention fnomceo") by the rows of KEYS (N
 * rows) whose section is TABLE_SECTION; defaults where a key is absent. Members of pointer type are newly
 * allocated, and rn_conf_clear() frees them. FALSE with an error naming file, line, key and what is allowed.
 * TO then holds no pointers. */
gboolean rn_conf_fill(RnConf *conf, const char *section, const char *table_section, const RnConfKey *keys,
    gsize n, void *to, GError **error);

/* Frees the pointer members that rn_conf_fill() allocated in OF. */
void rn_conf_clear(const char *table_section, const RnConfKey *keys, gsize n, void *of);

/* Fails on the first section or key in the file that no row of KEYS knows, naming it, its line and the
 * nearest known names. */
gboolean rn_conf_no_strangers(RnConf *conf, const RnConfKey *keys, gsize n, GError **error);

/* One key of a file, with its value as a list ("a; b"; white space around the items is off, empty items are
 * left out). */
typedef struct {
	const char	*section, *key;
	guint		 line;
	const char *const *list;
} RnConfPlain;

/* Told of each key in file order; FALSE with an error ends it. */
typedef gboolean (*RnConfVisit)(const RnConfPlain *at, gpointer data, GError **error);

/* Calls VISIT for every key of a file whose keys are no fixed table. FALSE if VISIT says so. */
gboolean rn_conf_each(RnConf *conf, RnConfVisit visit, gpointer data, GError **error);

/* The line on which KEY of SECTION stands, 0 if it does not. */
guint rn_conf_line(RnConf *conf, const char *section, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnConf, rn_conf_free)

#endif
