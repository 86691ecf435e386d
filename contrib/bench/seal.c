/* seal: what it costs to examine a PEC envelope, beside OpenSSL alone on the same bytes.
 *
 * usage: seal MESSAGE ANCHORS ROUNDS. Prints two times in microseconds: the whole examination (finding the
 * seal, CMS, chain, daticert.xml), and d2i_CMS_bio and CMS_verify on what is signed. Turn by turn, so that
 * the machine's other work falls on both. */
#include <openssl/cms.h>
#include <stdio.h>
#include <stdlib.h>

#include "mail/read.h"
#include "mail/registered.h"

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static gboolean
whole(GBytes *raw, const RnTrusts *trusts, gint64 at)
{
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
	g_autoptr(RnSealed) s = rn_sealed_read(raw, head);
	g_autoptr(RnRegistered) reg = rn_registered_read(s, trusts, at, FALSE);

	return reg->signature == RN_SIGNATURE_VALID && reg->fault == RN_FAULT_NONE && reg->mittente != NULL;
}

static gboolean
alone(GBytes *signature, GBytes *content, X509_STORE *store)
{
	gsize n, len;
	const void *der = g_bytes_get_data(signature, &n), *data = g_bytes_get_data(content, &len);
	BIO *in = BIO_new_mem_buf(der, (int)n), *what = BIO_new_mem_buf(data, (int)len);
	CMS_ContentInfo *cms = d2i_CMS_bio(in, NULL);
	gboolean ok = CMS_verify(cms, NULL, store, what, NULL, CMS_BINARY) == 1;

	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(what);
	return ok;
}

int
main(int argc, char **argv)
{
	g_autofree char *text = NULL;
	g_autofree double *ours = NULL, *theirs = NULL;
	g_autoptr(GBytes) raw = NULL, content = NULL;
	g_autoptr(RnHead) head = NULL;
	g_autoptr(RnSealed) s = NULL;
	RnTrusts trusts = { 0 };
	gint64 at = g_get_real_time() / G_USEC_PER_SEC;
	int rounds = argc == 4 ? atoi(argv[3]) : 0;
	gsize len;

	if (rounds < 1 || !g_file_get_contents(argv[1], &text, &len, NULL) ||
	    (trusts.pec = rn_trust_load(argv[2], NULL, TRUE, NULL)) == NULL) {
		fputs("usage: seal MESSAGE ANCHORS ROUNDS\n", stderr);
		return 2;
	}
	rn_read_init();
	raw = g_bytes_new(text, len);
	head = rn_head_scan(raw, NULL, NULL);
	s = rn_sealed_read(raw, head);
	content = rn_mime_canonical(s->covered);
	X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(trusts.pec->store), X509_V_FLAG_PARTIAL_CHAIN);
	ours = g_new(double, rounds);
	theirs = g_new(double, rounds);
	for (int i = 0; i < rounds; i++) {
		double start = now_us(), middle;

		if (!whole(raw, &trusts, at))
			return 1;
		middle = now_us();
		if (!alone(s->cms, content, trusts.pec->store))
			return 1;
		ours[i] = middle - start;
		theirs[i] = now_us() - middle;
	}
	qsort(ours, (size_t)rounds, sizeof(double), by_value);
	qsort(theirs, (size_t)rounds, sizeof(double), by_value);
	printf("%.1f %.1f\n", ours[rounds / 2], theirs[rounds / 2]);
	rn_trusts_clear(&trusts);
	return 0;
}
