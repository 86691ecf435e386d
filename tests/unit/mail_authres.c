/* mail_authres: whose word about the sender counts. */
#include "mail/auth.h"

#include <string.h>

#define R "Received: from x (y [192.0.2.1]) by mx.ours with ESMTP id 1; Tue, 24 Nov 2026 10:00:00 +0000\n"
#define R2 "Received: by in.ours with LMTP id 2; Tue, 24 Nov 2026 10:00:01 +0000\n"
#define FAR "Received: from a by relay.example; Tue, 24 Nov 2026 09:59:00 +0000\n"
#define AR "Authentication-Results: "
#define DKIM \
	AR "mx.ours; dkim=pass (2048-bit key; unprotected) header.d=posta.example header.i=@posta.example " \
	   "header.b=\"a/b+\"\n"
#define DMARC AR "mx.ours; dmarc=pass (p=none dis=none) header.from=posta.example\n"
#define DMARC_FAIL AR "mx.ours; dmarc=fail (p=none dis=none) header.from=posta.example\n"
#define SPF AR "mx.ours; spf=pass smtp.mailfrom=posta.example\n"
#define BOTH AR "mx.ours; dkim=pass header.d=posta.example; dmarc=pass header.from=posta.example\n"
#define SIG(tags) "DKIM-Signature: v=1; a=rsa-sha256; s=s1; d=posta.example; " tags "; bh=x=; b=y=\n"

#define NONE RN_AUTH_NONE
#define FAIL RN_AUTH_FAIL
#define WEAK RN_AUTH_WEAK
#define PASS RN_AUTH_PASS

typedef struct {
	RnAuthResult	 want;
	const char	*head;
} Row;

static void
check(const Row *rows, gsize n, char *const *received_by, const char *from)
{
	for (gsize i = 0; i < n; i++) {
		g_autofree char *text = g_strconcat(rows[i].head, "From: x\n\n", NULL);
		g_autoptr(GBytes) raw = g_bytes_new(text, strlen(text));
		g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
		g_autofree char *why = NULL;
		RnAuthResult got = rn_auth_read(head, "MX.ours", received_by, from, &why);

		g_test_message("row %zu: %s", i, why);
		g_assert_cmpint(got, ==, rows[i].want);
		g_assert_nonnull(why);
	}
}

static char *hosts[] = { (char *)"mx.ours", (char *)"in.ours", NULL };

/* What a verifier may write, and what it is worth. */
static void
test_results(void)
{
	static const Row rows[] = {
		{ PASS, R BOTH },
		{ PASS, R DMARC SPF DKIM },
		{ PASS, R DKIM },
		{ PASS, R DKIM AR "mx.ours; dmarc=none header.from=posta.example\n" },
		{ PASS, R DKIM AR "mx.ours; dmarc=temperror header.from=posta.example\n" },
		{ PASS, R AR "mx.ours 1; dkim=pass header.d=posta.example\n" },
		{ PASS, R AR "(c) \"mx.ours\" (c) 1 (c) ; dkim/1 (c) = (c) pass reason=\"a;b\" header (c) . (c) d (c) = "
			"posta.example (c)\n" },
		{ PASS, R AR "mx.ours;\n\tdkim=pass header.d=posta.example;\n" },
		{ PASS, R AR "mx.ours; dkim=pass header.i=maria@mail.posta.example\n" },
		{ PASS, R AR "mx.ours; dkim=pass header.i=\"a;b\"@posta.example\n" },
		{ PASS, R AR "mx.ours; dkim=pass header.d=Mail.Posta.Example\n" },
		{ PASS, R AR "mx.ours; dkim=fail header.d=posta.example; dkim=pass header.d=posta.example\n" },
		{ PASS, R AR "mx.ours; dkim=pass header.d=other.example; dkim=pass header.d=posta.example\n" },
		{ PASS, R AR "mx.ours; spf=pass smtp.mailfrom= ; dkim=pass header.d=posta.example\n" },
		{ PASS, R AR "mx.ours; spf=pass smtp.mailfrom=\"a;b (c\"@other.example; dkim=pass header.d=posta.example\n" },
		{ WEAK, R DMARC },
		{ WEAK, R DMARC SPF },
		{ WEAK, R SPF },
		{ WEAK, R DMARC AR "mx.ours; dkim=pass header.d=other.example\n" },
		{ WEAK, R DMARC AR "mx.ours; dkim=fail header.d=posta.example\n" },
		{ WEAK, R DMARC AR "mx.ours; dkim=none\n" },
		{ NONE, "" },
		{ NONE, R },
		{ NONE, R AR "mx.ours; none\n" },
		{ NONE, R AR "mx.ours\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=other.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=example\n" },
		{ NONE, R AR "mx.ours; dkim=pass\n" },
		{ NONE, R AR "mx.ours; dkim=neutral header.d=posta.example\n" },
		{ NONE, R AR "mx.ours; dkim=temperror header.d=posta.example; dmarc=permerror header.from=posta.example\n" },
		{ NONE, R AR "mx.ours; dmarc=bestguesspass header.from=posta.example\n" },
		{ NONE, R AR "mx.ours; dmarc=pass header.from=other.example\n" },
		{ NONE, R AR "mx.ours; spf=pass smtp.mailfrom=x@other.example\n" },
		{ NONE, R AR "mx.ours; x-dkim=pass header.d=posta.example\n" },
		{ FAIL, R DMARC_FAIL },
		{ FAIL, R DKIM DMARC_FAIL },
		{ FAIL, R DMARC_FAIL BOTH },
		{ FAIL, R AR "mx.ours; dmarc=pass header.from=posta.example; dmarc=fail header.from=posta.example\n" },
	};

	check(rows, G_N_ELEMENTS(rows), hosts, "m.rossi@posta.example");
}

/* Whatever a sender can bring along raises nothing. */
static void
test_forged(void)
{
	static const Row rows[] = {
		/* the name */
		{ NONE, R AR "mx.ours.evil; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "evil (mx.ours); dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "xmx.ours; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours=x; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours evil; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours,evil; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "; dkim=pass header.d=posta.example\n" },
		{ NONE, R "ARC-" AR "mx.ours; dkim=pass header.d=posta.example\n" },
		/* the place */
		{ NONE, R FAR BOTH },
		{ NONE, FAR BOTH },
		{ NONE, R R2 FAR BOTH },
		{ NONE, R FAR R BOTH },
		{ NONE, "Received: from by mx.ours by evil; x\n" BOTH },
		{ NONE, "Received: from x (by mx.ours) by evil; x\n" BOTH },
		{ PASS, R2 BOTH R FAR },
		{ PASS, R2 R BOTH FAR },
		{ PASS, BOTH R FAR },
		{ PASS, SPF R DMARC DKIM FAR },
		{ PASS, R BOTH FAR BOTH },
		/* ours, and another one that the sender put there */
		{ NONE, R AR "mx.ours; dkim=none\n" BOTH },
		{ NONE, R AR "mx.ours; dmarc=none header.from=posta.example\n" BOTH },
		{ NONE, R BOTH BOTH },
		{ NONE, R DKIM DMARC DKIM },
		{ NONE, AR "mx.ours; dmarc=none\n" R DKIM },
		{ FAIL, R DMARC_FAIL DKIM DMARC },
		{ FAIL, R BOTH DMARC_FAIL },
		{ FAIL, "Received: from x\" (y) by mx.ours; x\n" DMARC_FAIL },
		{ FAIL, R AR "mx.ours; spf=pass smtp.mailfrom=x(@evil.example; dmarc=fail header.from=posta.example\n" },
		/* domains that are not what they seem */
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example(.evil.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example(x).evil.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example(x)\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example\"x\"\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=evil.example/posta.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=evil.example header.i=@posta.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=evil.example header.d=posta.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta_example header.i=@posta.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=evilposta.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.s=posta.example header.d=\n" },
		{ NONE, R AR "mx.ours; dkim=pass policy.header.d=posta.example\n" },
		/* results inside of something else */
		{ NONE, R AR "mx.ours; spf=fail (dkim=pass header.d=posta.example)\n" },
		{ NONE, R AR "mx.ours; spf=fail (; dkim=pass header.d=posta.example)\n" },
		{ NONE, R AR "mx.ours; spf=fail (a \\) ; dkim=pass header.d=posta.example; x=y z.w=)\n" },
		{ NONE, R AR "mx.ours; spf=fail (a (b) ; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours; spf=fail reason=\"x; dkim=pass header.d=posta.example\"\n" },
		{ NONE, R AR "mx.ours; spf=fail reason=\"x; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours; spf=fail smtp.mailfrom=\"a\\\"; dkim=pass header.d=posta.example; x=\"@evil.example\n" },
		{ NONE, R AR "mx.ours; spf=fail dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours; none; dkim=pass header.d=posta.example\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example; ;\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example x\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example; spf\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example \x80\n" },
		{ NONE, R AR "mx.ours; dkim=pass header.d=posta.example \rx\n" },
		{ NONE, R AR "mx.ours; dkim = header.d=posta.example\n" },
	};

	check(rows, G_N_ELEMENTS(rows), hosts, "m.rossi@posta.example");
}

/* Without names of our own, the first Received is ours and nothing else. */
static void
test_no_hosts(void)
{
	static const Row rows[] = {
		{ PASS, BOTH FAR },
		{ PASS, FAR BOTH },
		{ PASS, FAR BOTH R },
		{ NONE, FAR R BOTH },
		{ NONE, R R BOTH },
		{ FAIL, R R DMARC_FAIL },
	};
	char *none[] = { NULL };

	check(rows, G_N_ELEMENTS(rows), NULL, "m.rossi@posta.example");
	check(rows, G_N_ELEMENTS(rows), none, "m.rossi@posta.example");
}

/* What the signature covers. */
static void
test_signature(void)
{
	static const Row rows[] = {
		{ PASS, R BOTH SIG("h=From:To:Subject") },
		{ PASS, R BOTH SIG("h=to : FROM\n : subject") },
		{ PASS, R BOTH "DKIM-Signature: d=other.example; l=5; h=to\n" SIG("h=from") },
		{ WEAK, R BOTH SIG("h=from; l=5") },
		{ WEAK, R AR "mx.ours; dkim=pass header.i=@mail.posta.example\n" SIG("h=from; l=5") },
		{ PASS, R AR "mx.ours; dkim=pass header.i=@mail.posta.example\n" SIG("h=from") },
		{ WEAK, R BOTH SIG("h=from; l\n = 0") },
		{ WEAK, R BOTH SIG("h=to:subject") },
		{ WEAK, R BOTH SIG("h=to:x-from") },
		{ WEAK, R BOTH SIG("x=1") },
		{ WEAK, R BOTH SIG("h=from") SIG("h=from; l=9") },
		{ WEAK, R BOTH SIG("h=to; h=from") },
		{ WEAK, R BOTH "DKIM-Signature: d=other.example; d=posta.example; h=from\n" },
		{ WEAK, R BOTH "DKIM-Signature: d=posta.example; d=other.example; h=from\n" },
		{ WEAK, R BOTH "dkim-signature: D=POSTA.EXAMPLE; d=Posta.Example; h=to\n" },
	};

	check(rows, G_N_ELEMENTS(rows), hosts, "m.rossi@posta.example");
}

/* A public suffix joins nobody. */
static void
test_alignment(void)
{
	static const struct {
		RnAuthResult	 want;
		const char	*from, *d;
	} rows[] = {
		{ PASS, "x@studio.roma.it", "mail.studio.roma.it" },
		{ PASS, "x@a.b.gov.it", "b.gov.it" },
		{ NONE, "x@studio.roma.it", "altro.roma.it" },
		{ NONE, "x@a.co.uk", "b.co.uk" },
		{ NONE, "x@a.co.uk", "co.uk" },
		{ NONE, "x@a.it", "it" },
		{ NONE, "x@uno.github.io", "due.github.io" },
		{ PASS, "x@localhost", "localhost" },
		{ PASS, "x@xn--caff-8oa.it", "posta.xn--caff-8oa.it" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(R AR "mx.ours; dkim=pass header.d=%s\n", rows[i].d);
		Row row = { rows[i].want, text };

		g_test_message("row %zu", i);
		check(&row, 1, hosts, rows[i].from);
	}
}

static void
test_proof(void)
{
	static const RnProof want[] = { [NONE] = RN_PROOF_LOW,
		[FAIL] = RN_PROOF_FAILED,
		[WEAK] = RN_PROOF_LOW,
		[PASS] = RN_PROOF_NORMAL };
	g_autoptr(GBytes) raw = g_bytes_new_static(R BOTH "\n", strlen(R BOTH "\n"));
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
		g_assert_cmpint(rn_auth_proof((RnAuthResult)i, TRUE), ==, want[i]);
		g_assert_cmpint(rn_auth_proof((RnAuthResult)i, FALSE), ==, RN_PROOF_NONE);
	}
	for (int i = 0; i < 2; i++) {
		g_autofree char *why = NULL;

		g_assert_cmpint(
		    rn_auth_read(head, i ? "" : NULL, hosts, "m.rossi@posta.example", &why), ==, NONE);
		g_assert_nonnull(why);
	}
}

/* Only a login of the configured domain, and only as the very address in From. */
static void
test_login(void)
{
	static const struct {
		const char	*login, *domain, *from;
		gboolean	 want;
	} rows[] = {
		{ "m.rossi@posta.example", "posta.example", "m.rossi@posta.example", TRUE },
		{ "M.Rossi@Posta.Example", "posta.EXAMPLE", "m.rossi@posta.example", TRUE },
		{ "m.rossi", "posta.example", "m.rossi@posta.example", TRUE },
		{ "m.rossi", "", "m.rossi@posta.example", FALSE },
		{ "m.rossi@posta.example", "", "m.rossi@posta.example", FALSE },
		{ "m.rossi@altra.example", "posta.example", "m.rossi@altra.example", FALSE },
		{ "m.rossi@altra.example", "posta.example", "m.rossi@posta.example", FALSE },
		{ "l.bianchi", "posta.example", "m.rossi@posta.example", FALSE },
		{ "", "posta.example", "@posta.example", FALSE },
		{ NULL, "posta.example", "m.rossi@posta.example", FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(rn_auth_login(rows[i].login, rows[i].domain, rows[i].from), ==, rows[i].want);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/authres/results", test_results);
	g_test_add_func("/mail/authres/forged", test_forged);
	g_test_add_func("/mail/authres/no-hosts", test_no_hosts);
	g_test_add_func("/mail/authres/signature", test_signature);
	g_test_add_func("/mail/authres/alignment", test_alignment);
	g_test_add_func("/mail/authres/proof", test_proof);
	g_test_add_func("/mail/authres/login", test_login);
	return g_test_run();
}
