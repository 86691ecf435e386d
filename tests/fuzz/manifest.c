/* Evidence of any bytes: manifest and ledger rows are read or refused with a word, and nothing leaks; an
 * archive as well, and what of it could be read is looked through. */
#include <stdint.h>

#include "core/pack_check.h"

static void
tell(RnCheck how, const char *what, const char *words, gpointer data)
{
	(void)how;
	(void)data;
	g_assert_nonnull(what);
	g_assert_true(g_utf8_validate(words, -1, NULL));
}

/* DATA as a file of a pack with an empty trust. */
static void
look(GBytes *data, const char *path)
{
	static const char manifest[] =
	    "{\"format\":\"rinnova-evidence/1\",\"order\":\"1\",\"signed\":false,\"files\":[]}";
	g_autoptr(RnPack) pack = rn_pack_new();
	g_autoptr(RnTrust) trust = rn_trust_load(NULL, NULL, FALSE, NULL);

	rn_pack_add(pack, path, data, 0, NULL);
	rn_pack_add_text(pack, RN_PACK_MANIFEST, manifest, 0, NULL);
	rn_pack_check(pack, NULL, trust, tell, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(RnManifest) m = rn_manifest_read(bytes, &error);
	g_autoptr(RnPack) pack = NULL;

	g_assert_true(m != NULL || error != NULL);
	for (guint i = 0; m != NULL && i < m->rows->len; i++)
		g_assert_true(rn_pack_path_good(((RnManifestRow *)g_ptr_array_index(m->rows, i))->path));
	look(bytes, RN_PACK_MANIFEST);
	look(bytes, "ledger.json");
	look(bytes, "stamps/2026-01-01.txt");
	g_clear_error(&error);
	pack = rn_pack_unzip(bytes, &error);
	g_assert_true(pack != NULL || error != NULL);
	return 0;
}
