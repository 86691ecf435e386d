/* dossier_contracts.c: the contracts of an order, as its letters enclosed them. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/dossier_rows.h"

#define CONTRACT_MAX (64 << 20)
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static char *
plain_name(const char *name)
{
	g_autofree char *plain = g_strcanon(g_str_to_ascii(name != NULL ? name : "", "C"), NAME_LETTERS, '_');
	const char *start = plain + strspn(plain, ".");

	return g_strndup(*start != '\0' ? start : "contract", 80);
}

static void
add_contract(RnDossier *d, const RnDossierLetter *l, const RnAttachment *a, GBytes *data)
{
	g_autofree char *sha = rn_bytes_sha256(data);
	g_autofree char *name = plain_name(a->name);
	RnDossierContract *c;

	for (guint i = 0; i < d->contracts->len; i++) {
		c = g_ptr_array_index(d->contracts, i);
		if (strcmp(c->sha256, sha) == 0) {
			g_autofree char *before = c->letters;

			c->letters = g_strdup_printf("%s L%" G_GINT64_FORMAT, before, l->letter->id);
			return;
		}
	}
	c = g_new0(RnDossierContract, 1);
	c->name = g_strdup(a->name != NULL ? a->name : "");
	c->path = g_strdup_printf("contracts/%.8s-%s", sha, name);
	c->sha256 = g_steal_pointer(&sha);
	c->letters = g_strdup_printf("L%" G_GINT64_FORMAT, l->letter->id);
	c->data = g_bytes_ref(data);
	c->at = l->letter->created;
	g_ptr_array_add(d->contracts, c);
}

/* The contracts as they were enclosed; a letter that cannot be read still goes along as it is. */
static void
contracts_of(RnDossier *d, const RnDossierLetter *l)
{
	RnEnvelope env = { .rcpt = l->letter->rcpt };
	g_autoptr(GError) error = NULL;
	g_autoptr(RnFacts) facts = rn_parser_read(d->e->parser, l->letter->raw, &env, NULL, FALSE, &error);

	for (guint i = 0; facts != NULL && facts->attachments != NULL && i < facts->attachments->len; i++) {
		const RnAttachment *a = g_ptr_array_index(facts->attachments, i);
		g_autoptr(GBytes) data = NULL;

		if (a->name == NULL || a->size > CONTRACT_MAX)
			continue;
		data = rn_parser_part(d->e->parser, l->letter->raw, a->index, CONTRACT_MAX, NULL);
		if (data != NULL)
			add_contract(d, l, a, data);
	}
	if (facts == NULL)
		rn_log(RN_LOG_WARN, "-", "evidence", "letter", l->path, "error", error->message, NULL);
}

void
rn_dossier_contracts(RnDossier *d)
{
	for (guint i = 0; i < d->letters->len; i++) {
		const RnDossierLetter *l = g_ptr_array_index(d->letters, i);
		RnLetterKind kind = l->letter->kind;

		if (l->letter->raw != NULL &&
		    (kind == RN_LETTER_SUMMARY || kind == RN_LETTER_REMINDER || kind == RN_LETTER_NOTICE ||
		        kind == RN_LETTER_FRESH))
			contracts_of(d, l);
	}
}
