/* The lines under which administrators decide; the words of the held desk. */
#include <string.h>

#include "core/heldlines.h"
#include "core/heldwords.h"
#include "policy/policy.h"

/* What TYPED comes to: "3 accept; 7 ask=testo; ?8 boh". */
static char *
read_all(const char *typed)
{
	g_autoptr(GPtrArray) strange = NULL;
	g_autoptr(GPtrArray) lines = rn_held_lines(typed, &strange);
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++) {
		const RnHeldLine *l = g_ptr_array_index(lines, i);

		g_string_append_printf(all, "%s%d %s%s%s%s", all->len > 0 ? "; " : "", l->n,
		    rn_held_word(l->verb), l->text != NULL ? "=" : "", l->text != NULL ? l->text : "",
		    l->twice ? " twice" : "");
	}
	for (guint i = 0; i < strange->len; i++)
		g_string_append_printf(
		    all, "%s?%s", all->len > 0 ? "; " : "", (const char *)g_ptr_array_index(strange, i));
	return g_string_free(all, FALSE);
}

/* clang-format off */
static const struct {
	const char	*typed, *want;
} samples[] = {
	{ "3 accetta", "3 accept" },
	{ "3 Accetta.\n5: SCARTA, doppia", "3 accept; 5 discard=doppia" },
	{ "3) accept\n4. release\n9 chiudi", "3 accept; 4 release; 9 close" },
	{ "1, 4 e 6 scarta", "1 discard; 4 discard; 6 discard" },
	{ "7 rispondi La casella\nè già rinnovata.\n\n\nSaluti\n\n", "7 ask=La casella\nè già rinnovata.\n\nSaluti" },
	{ "7 rispondi\n\nLa casella\n\n10 giorni ancora.\n\n8 accetta\n\nSaluti", "7 ask=La casella\n\n10 giorni ancora.; 8 accept" },
	/* however the list was quoted: nothing of it goes to a member */
	{ "7 rispondi Sì.\n\n> Caso 8 (mail 12, 27/11/2026)\nAncora", "7 ask=Sì." },
	{ "7 rispondi Sì.\nCaso 8 (mail 12, 27/11/2026)\n  Da: a@b.example", "7 ask=Sì." },
	{ "7 rispondi Sì.\n\nMail in attesa: 3. Il programma\nx", "7 ask=Sì." },
	{ "7 rispondi Sì.\n-- \nCapo", "7 ask=Sì." },
	{ "7 rispondi Sì.\n\n-----Messaggio originale-----\nDa: x\nx", "7 ask=Sì." },
	{ "7 rispondi Sì.\n\nDa: Ordine <x@y.example>\nInviato: ieri\nx", "7 ask=Sì." },
	{ "7 rispondi Sì.\n\nIl giorno ven 27 nov 2026 Ordine <x@y.example> ha scritto:\nx", "7 ask=Sì." },
	{ "7 rispondi Sì.\n\n«1 accetta»\nx", "7 ask=Sì." },
	{ "7 rispondi Sì.\n> x\n8 accetta", "7 ask=Sì.; 8 accept" },
	{ "7 rispondi Caso mai ci chiami.", "7 ask=Caso mai ci chiami." },
	{ "7 rispondi\n8 accetta", "7 ask; 8 accept" },
	{ "3 accetta\nSaluti, Capo", "3 accept" },
	{ "3 accetta\n3 scarta", "3 accept twice; 3 discard twice" },
	{ "3,3 accetta", "3 accept twice; 3 accept twice" },
	{ "8 boh", "?8 boh" },
	{ "3", "?3" },
	{ "0 accetta", "?0 accetta" },
	{ "99999999999999999999 accetta", "?99999999999999999999 accetta" },
	{ "3accetta", "3 accept" },
	{ "3 accettano", "?3 accettano" },
	{ "«3 accetta»", "" },
	{ "> 3 accetta", "" },
	{ "non 3 accetta", "" },
	{ "Il caso 3 accetta", "" },
	{ "3 non accetta", "?3 non accetta" },
	{ "accetta", "" },
	{ "", "" },
	{ NULL, "" },
};
/* clang-format on */

static void
test_lines(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *got = read_all(samples[i].typed);

		if (strcmp(got, samples[i].want) != 0)
			g_error(
			    "\"%s\": is \"%s\", should be \"%s\"", samples[i].typed, got, samples[i].want);
	}
}

/* Every rule of the policy that holds a mail has its words in both languages, and a likely answer. */
static void
test_words(void)
{
	const char *const other = rn_held_motivo("no such rule");

	for (unsigned i = 0; i < rn_policy_rows(); i++) {
		const char *rule = rn_policy_row_name(i);

		g_assert_nonnull(rn_policy_why(rule));
		g_assert_nonnull(rn_held_reason(rule));
	}
	g_assert_null(rn_policy_why("no such rule"));
	g_assert_null(rn_held_reason(NULL));
	for (guint i = 0; i < 3; i++) {
		static const char *const held[] = { "odd-from", "pec-no-anchor", "budget-exhausted" };

		g_assert_cmpstr(rn_held_motivo(held[i]), !=, other);
		g_assert_nonnull(rn_held_reason(held[i]));
	}
	for (RnHeldVerb v = 0; v < RN_HELD_N; v++) {
		g_assert_cmpint(rn_held_verb(rn_held_word(v)), ==, v);
		g_assert_cmpint(rn_held_verb(rn_held_parola(v)), ==, v);
	}
}

/* What was said by nobody known counts at the machine only; where no box is known nobody can be asked. */
static void
test_likely(void)
{
	RnHeldVerb v[RN_HELD_N];
	RnInbox in = { .rule = (char *)"good-token-failed-offer",
		.class_ = (char *)"human",
		.typed_text = (char *)"Accetto",
		.from = (char *)"m@posta.example",
		.proof = (char *)"failed",
		.box_id = 1 };
	guint n = rn_held_likely(&in, FALSE, v);

	g_assert_cmpint(v[0], ==, RN_HELD_DISCARD);
	g_assert_cmpuint(n, ==, RN_HELD_N);
	g_assert_cmpuint(rn_held_likely(&in, TRUE, v), ==, RN_HELD_N - 1);
	in.proof = (char *)"low";
	in.rule = (char *)"good-token-low-accept-forbidden";
	g_assert_cmpuint(rn_held_likely(&in, TRUE, v), ==, RN_HELD_N);
	g_assert_cmpint(v[0], ==, RN_HELD_ACCEPT);
	in.typed_text = (char *)"";
	n = rn_held_likely(&in, TRUE, v);
	for (guint i = 0; i < n; i++)
		g_assert_cmpint(v[i], !=, RN_HELD_ACCEPT);
	in.box_id = 0;
	g_assert_cmpuint(rn_held_likely(&in, TRUE, v), ==, RN_HELD_N - 2);
}

static RnVerdict
selftest(RnClass class_, gboolean admin, RnProof proof, gboolean odd)
{
	RnFacts f = { .class_ = class_, .registered = admin, .proof = proof, .from_odd = odd };

	return rn_policy_selftest(&f);
}

/* Only a proven administrator hears how the site is. */
static void
test_selftest(void)
{
	for (int class_ = 0; class_ < RN_CLASS_N; class_++)
		for (int proof = 0; proof < RN_PROOF_N; proof++)
			for (int bits = 0; bits < 4; bits++) {
				RnVerdict v = selftest((RnClass)class_, bits & 1, (RnProof)proof, bits >> 1);
				gboolean may =
				    class_ == RN_CLASS_HUMAN && bits == 1 && proof >= RN_PROOF_NORMAL;

				g_assert_cmpint(v.action == RN_ACT_SELFTEST, ==, may);
				g_assert_true(may || v.action == RN_ACT_RECORD || v.action == RN_ACT_JUNK);
			}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/held/lines", test_lines);
	g_test_add_func("/core/held/words", test_words);
	g_test_add_func("/core/held/likely", test_likely);
	g_test_add_func("/policy/selftest", test_selftest);
	return g_test_run();
}
