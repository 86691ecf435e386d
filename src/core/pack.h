/* pack.h: a set of files that says of itself what it holds: evidence as it is given out. The manifest names
 * every file with size and SHA-256, and may be signed. */
#ifndef RN_CORE_PACK_H
#define RN_CORE_PACK_H

#include "mail/signer.h"

#define RN_PACK_MANIFEST "manifest.json"
#define RN_PACK_SIGNATURE "manifest.json.p7s"
#define RN_PACK_FORMAT "rinnova-evidence/1"
#define RN_PACK_FILES 20000			/* files at most */
#define RN_PACK_BYTES (512 << 20)		/* bytes of all files at most */
#define RN_PACK_PATH 200			/* bytes of a path at most */
#define RN_MANIFEST_BYTES (16 << 20)

typedef struct {
	char	*path;		/* "letters/L12-summary.eml" */
	GBytes	*data;
	gint64	 at;		/* its time, seconds UTC */
} RnPackFile;

typedef struct {
	GPtrArray	*files;		/* RnPackFile; sorted by path once it is sealed or read */
	GHashTable	*by_path;
	gsize		 bytes;
	GBytes		*cover;		/* the text of the mail that it came in; NULL: it came in none */
	guint		 beside;	/* parts of that mail beside text and archive */
} RnPack;

RnPack *rn_pack_new(void);
void rn_pack_free(RnPack *pack);

/* A relative path of plain names ([A-Za-z0-9._-], none begins with a dot), at most three deep. */
gboolean rn_pack_path_good(const char *path);

/* Adds a file. RN_ERR_LIMIT if there are too many, or too many bytes; RN_ERR_INPUT if PATH is not good or
 * there is one of that name. */
gboolean rn_pack_add(RnPack *pack, const char *path, GBytes *data, gint64 at, GError **error);
gboolean rn_pack_add_text(RnPack *pack, const char *path, const char *text, gint64 at, GError **error);
const RnPackFile *rn_pack_find(const RnPack *pack, const char *path);

/* Adds the manifest of all files about ORDER, and the signature over it by SIGNER (may be NULL). The same
 * files give the same manifest. */
gboolean rn_pack_seal(RnPack *pack, const char *order, const RnSigner *signer, gint64 at, GError **error);

typedef struct {
	char	*path, *sha256;
	gint64	 size;
} RnManifestRow;

typedef struct {
	char		*order;
	gboolean	 is_signed;	/* it says that there is a signature */
	GPtrArray	*rows;		/* RnManifestRow */
} RnManifest;

/* Reads a manifest, which may be anybody's. RN_ERR_INPUT or RN_ERR_LIMIT says what is wrong with it. */
RnManifest *rn_manifest_read(GBytes *data, GError **error);
void rn_manifest_free(RnManifest *m);

/* --- as one file, and as a folder (pack_zip.c, pack_dir.c) --- */

/* The same pack gives the same bytes. */
GBytes *rn_pack_zip(const RnPack *pack, GError **error);
/* Reads an archive, which may be anybody's: RN_ERR_INPUT for names that lead out of it, links, encryption and
 * names that come twice, RN_ERR_LIMIT for what is too large, packed or not. */
RnPack *rn_pack_unzip(GBytes *data, GError **error);

/* Writes DATA, or the files of PACK, to PATH, which must not be there: whole or not at all. */
gboolean rn_pack_write_file(const char *path, GBytes *data, GError **error);
gboolean rn_pack_write_dir(const char *path, const RnPack *pack, GError **error);
/* Reads a folder; links and anything else that is no plain file are RN_ERR_INPUT. */
RnPack *rn_pack_read_dir(const char *path, GError **error);
/* Reads one file of at most MAX bytes, that is no link. */
GBytes *rn_pack_read_file(const char *path, gsize max, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnPack, rn_pack_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnManifest, rn_manifest_free)

#endif
