/* core_pack.c: evidence as files: names, manifest, archive, folder, rows of the ledger, records of heads. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "core/pack_check.h"
#include "core/stamps.h"

static GBytes *
text(const char *s)
{
	return g_bytes_new(s, strlen(s));
}

static void
test_paths(void)
{
	static const char *const good[] = { "a", "letters/L1-notice.eml", "a/b/c", "A_b.c-d" };
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", "..", "a/../b", ".", "./a", ".a",
		"a/.b", "a b", "a\\b", "a\nb", "caff\xc3\xa8", "a/b/c/d", "a:b", "a\x1b" };
	char *most = g_strnfill(RN_PACK_PATH, 'a'), *more = g_strnfill(RN_PACK_PATH + 1, 'a');

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(rn_pack_path_good(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		if (rn_pack_path_good(bad[i]))
			g_error("\"%s\" is taken", bad[i]);
	g_assert_false(rn_pack_path_good(NULL));
	g_assert_true(rn_pack_path_good(most));
	g_assert_false(rn_pack_path_good(more));
	g_free(most);
	g_free(more);
}

static RnPack *
sample(void)
{
	RnPack *pack = rn_pack_new();

	g_assert_true(rn_pack_add_text(pack, "letters/L1.eml", "ciao\r\n", 1700000000, NULL));
	g_assert_true(rn_pack_add_text(pack, "a", "", 0, NULL));
	g_assert_true(rn_pack_seal(pack, "2026-000001", NULL, 1700000000, NULL));
	return pack;
}

static void
test_add(void)
{
	g_autoptr(RnPack) pack = rn_pack_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(rn_pack_add_text(pack, "a", "1", 0, &error));
	g_assert_false(rn_pack_add_text(pack, "a", "2", 0, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
	g_clear_error(&error);
	g_assert_false(rn_pack_add_text(pack, "../a", "2", 0, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
	g_clear_error(&error);
	pack->bytes = RN_PACK_BYTES;
	g_assert_false(rn_pack_add_text(pack, "b", "2", 0, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
}

static void
test_manifest(void)
{
	g_autoptr(RnPack) pack = sample();
	g_autoptr(RnManifest) m = rn_manifest_read(rn_pack_find(pack, RN_PACK_MANIFEST)->data, NULL);
	const RnManifestRow *row;

	g_assert_nonnull(m);
	g_assert_cmpstr(m->order, ==, "2026-000001");
	g_assert_false(m->is_signed);
	g_assert_cmpuint(m->rows->len, ==, 2);
	row = g_ptr_array_index(m->rows, 1);
	g_assert_cmpstr(row->path, ==, "letters/L1.eml");
	g_assert_cmpint(row->size, ==, 6);
}

#define FRAME(files) \
	"{\"format\":\"rinnova-evidence/1\",\"order\":\"1\",\"signed\":false,\"files\":[" files "]}"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define ROW(path, size) "{\"path\":\"" path "\",\"size\":" size ",\"sha256\":\"" ZERO "\"}"

static void
test_manifest_bad(void)
{
	static const char *const bad[] = {
		"", "x", "[]", "{}", FRAME(ROW("../a", "1")), FRAME(ROW("a", "-1")), FRAME(ROW("a", "1.5")),
		FRAME(ROW("a", "1") "," ROW("a", "1")), FRAME(ROW("manifest.json", "1")),
		FRAME("{\"path\":\"a\",\"size\":1}"), FRAME("{\"path\":\"a\",\"size\":1,\"sha256\":\"x\"}"),
		FRAME("1"), FRAME("") "x",
		"{\"format\":\"rinnova-evidence/2\",\"order\":\"1\",\"signed\":false,\"files\":[]}",
		"{\"format\":\"rinnova-evidence/1\",\"order\":\"1\",\"signed\":0,\"files\":[]}",
		"{\"format\":\"rinnova-evidence/1\",\"order\":\"1\",\"signed\":false,\"files\":{}}",
		"{\"format\":\"rinnova-evidence/1\",\"order\":\"1\",\"order\":\"2\",\"signed\":false,\"files\":[]}"
	};
	g_autoptr(GBytes) fine = text(FRAME(ROW("a", "1")));
	g_autoptr(RnManifest) ok = rn_manifest_read(fine, NULL);

	g_assert_nonnull(ok);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GBytes) data = text(bad[i]);
		g_autoptr(GError) error = NULL;

		if (rn_manifest_read(data, &error) != NULL)
			g_error("%s is taken", bad[i]);
		g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
	}
}

static void
same_files(const RnPack *a, const RnPack *b)
{
	g_assert_cmpuint(a->files->len, ==, b->files->len);
	for (guint i = 0; i < a->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(a->files, i), *g = rn_pack_find(b, f->path);

		g_assert_nonnull(g);
		g_assert_true(g_bytes_equal(f->data, g->data));
	}
}

static void
test_zip(void)
{
	g_autoptr(RnPack) pack = sample(), again = sample(), back = NULL;
	g_autoptr(GBytes) one = rn_pack_zip(pack, NULL), two = NULL;

	g_setenv(
	    "TZ", "Asia/Tokyo", TRUE); /* what an archive tells of times is no matter of where it is made */
	tzset();
	two = rn_pack_zip(again, NULL);
	g_unsetenv("TZ");
	tzset();
	g_assert_nonnull(one);
	g_assert_true(g_bytes_equal(one, two));
	back = rn_pack_unzip(one, NULL);
	g_assert_nonnull(back);
	same_files(pack, back);
}

/* Every beginning of an archive, and every archive with one byte changed, is read or refused. */
static void
test_zip_broken(void)
{
	g_autoptr(RnPack) pack = sample();
	g_autoptr(GBytes) whole = rn_pack_zip(pack, NULL);
	gsize len;
	const guint8 *bytes = g_bytes_get_data(whole, &len);

	for (gsize i = 0; i < len; i++) {
		g_autoptr(GBytes) cut = g_bytes_new(bytes, i);
		g_autofree guint8 *copy = g_memdup2(bytes, len);
		g_autoptr(GBytes) odd = NULL;
		g_autoptr(GError) error = NULL, other = NULL;
		g_autoptr(RnPack) a = rn_pack_unzip(cut, &error), b = NULL;

		g_assert_null(a);
		g_assert_nonnull(error);
		copy[i] ^= 0x41;
		odd = g_bytes_new(copy, len);
		b = rn_pack_unzip(odd, &other);
		g_assert_true((b != NULL) != (other != NULL));
	}
}

static void
test_dir(void)
{
	g_autofree char *folder = g_dir_make_tmp("rinnova-pack-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "f", NULL),
	                *link = g_build_filename(path, "l", NULL);
	g_autofree char *file = g_build_filename(folder, "z", NULL),
	                *clean = g_strdup_printf("rm -r %s", folder);
	g_autoptr(RnPack) pack = sample(), back = NULL;
	g_autoptr(GBytes) data = text("x"), read = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(rn_pack_write_dir(path, pack, &error));
	g_assert_no_error(error);
	back = rn_pack_read_dir(path, &error);
	g_assert_no_error(error);
	same_files(pack, back);
	g_assert_false(rn_pack_write_dir(path, pack, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&error);
	g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
	g_assert_null(rn_pack_read_dir(path, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
	g_clear_error(&error);
	g_assert_true(rn_pack_write_file(file, data, &error));
	g_assert_false(rn_pack_write_file(file, data, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&error);
	read = rn_pack_read_file(file, 1, &error);
	g_assert_true(g_bytes_equal(read, data));
	g_assert_null(rn_pack_read_file(file, 0, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
	g_assert_cmpint(system(clean), ==, 0);
}

/* A chain of three rows, the one in the middle as its content only. */
static char *
proof(gint64 second, const char *why)
{
	RnLedgerEntry e = { .format = 2,
		.seq = 1,
		.at = 5,
		.convention = (char *)(gpointer) "medici",
		.who = (char *)(gpointer) "member",
		.what = (char *)(gpointer) "x",
		.why = (char *)(gpointer)why,
		.detail_digest = (char *)(gpointer) "",
		.inbox_digest = (char *)(gpointer) "",
		.letter_digest = (char *)(gpointer) "" };
	RnLedgerEntry honest = e, third = e;
	g_autofree char *one = NULL, *two = NULL, *three = NULL, *content = NULL;

	honest.why = (char *)(gpointer) "because";
	one = rn_ledger_digest(&honest, NULL);
	third.seq = 2;
	content = rn_ledger_content(&third);
	two = rn_ledger_link(one, content);
	third.seq = 3;
	third.why = honest.why;
	three = rn_ledger_digest(&third, two);
#define FULL                                                                                                     \
	"{\"seq\":%d,\"format\":2,\"own\":true,\"at\":5,\"who\":\"member\",\"what\":\"x\",\"why\":\"%s\",\"box\":0,"     \
	"\"period\":0,\"order\":0,\"mail\":0,\"letter\":0,\"detail_sha256\":\"\",\"mail_sha256\":\"\","                  \
	"\"letter_sha256\":\"\",\"digest\":\"%s\"}"
	return g_strdup_printf(
	    "{\"format\":\"rinnova-ledger-rows/1\",\"chains\":[{\"convention\":\"medici\",\"before\":\"\","
	    "\"rows\":[" FULL ",{\"seq\":%d,\"content\":\"%s\",\"digest\":\"%s\"}," FULL "]}]}",
	    1, why, one, (int)second, content, two, 3, "because", three);
}

static gint64
check_proof(const char *json)
{
	g_autoptr(GBytes) data = text(json);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) chains = rn_proof_read(data, &error);
	const char *why;

	g_assert_no_error(error);
	g_assert_cmpuint(chains->len, ==, 1);
	return rn_proof_check(g_ptr_array_index(chains, 0), &why);
}

static void
test_proof(void)
{
	g_autofree char *good = proof(2, "because"), *changed = proof(2, "why not"),
	                *gap = proof(4, "because");
	g_autoptr(GBytes) odd = text("{\"format\":\"rinnova-ledger-rows/1\",\"chains\":[{}]}");
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(check_proof(good), ==, 0);
	g_assert_cmpint(check_proof(changed), ==, 1);
	g_assert_cmpint(check_proof(gap), ==, 4);
	g_assert_null(rn_proof_read(odd, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
}

static void
free_noted(gpointer h)
{
	rn_noted_head_free(h);
}

static void
test_record(void)
{
	static const char *const bad[] = { "", "x", "rinnova-ledger-heads/1\n",
		"rinnova-ledger-heads/1\n2026-13-01\n", "rinnova-ledger-heads/1\n2026-01-01\nx\n",
		"rinnova-ledger-heads/1\n2026-01-01\n1 " ZERO "\n",
		"rinnova-ledger-heads/1\n2026-01-01\n0 " ZERO " a\n",
		"rinnova-ledger-heads/1\n2026-01-01\n1 " ZERO " a" };
	RnLedgerHead one = { (char *)(gpointer) "a: b c", 7, (char *)(gpointer)ZERO };
	g_autoptr(GPtrArray) heads = g_ptr_array_new(), noted = g_ptr_array_new_with_free_func(free_noted);
	g_autofree char *record = NULL;
	const RnNotedHead *back;

	g_ptr_array_add(heads, &one);
	record = rn_stamps_record(rn_day_from_ymd(2026, 1, 2), heads);
	g_assert_cmpstr(record, ==, "rinnova-ledger-heads/1\n2026-01-02\n7 " ZERO " a: b c\n");
	g_assert_true(rn_stamps_read(record, strlen(record), "x", noted, NULL));
	back = g_ptr_array_index(noted, 0);
	g_assert_cmpstr(back->convention, ==, "a: b c");
	g_assert_cmpint(back->seq, ==, 7);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		if (rn_stamps_read(bad[i], strlen(bad[i]), "x", noted, NULL))
			g_error("\"%s\" is taken", bad[i]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/pack/paths", test_paths);
	g_test_add_func("/core/pack/add", test_add);
	g_test_add_func("/core/pack/manifest", test_manifest);
	g_test_add_func("/core/pack/manifest-bad", test_manifest_bad);
	g_test_add_func("/core/pack/zip", test_zip);
	g_test_add_func("/core/pack/zip-broken", test_zip_broken);
	g_test_add_func("/core/pack/dir", test_dir);
	g_test_add_func("/core/pack/proof", test_proof);
	g_test_add_func("/core/stamps/record", test_record);
	return g_test_run();
}
