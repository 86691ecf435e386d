#include "core/preview.h"

#include "base/world.h"
#include "core/desk.h"

#define SAMPLE "0123456789abcdefghjkmnpqrstvwxyz01234567"	/* no key signs it */

void
rn_preview_clear(RnPreview *p)
{
	rn_written_clear(&p->written);
	g_clear_pointer(&p->eml, g_bytes_unref);
}

/* The look of the settings in the place of the sample's. */
static void
put_look(RnView *v, const RnHouseLook *look, gboolean logo)
{
	rn_view_text(v, "ordine", look->name);
	rn_view_text(v, "contatto", look->contact);
	rn_view_text(v, "telefono", look->phone);
	rn_view_text(v, "colore", look->colour);
	rn_view_text(v, "colorescuro", look->colour_dark);
	rn_view_text(v, "logo", logo ? "cid:" RN_LOGO_ID : "");
	rn_view_text(v, "piepagina", look->footer);
}

/* What a real letter takes from a token and from an answer. */
static void
put_samples(RnView *v, const RnEngine *e, const RnLetterWords *w)
{
	static const struct {
		const char	*name, *body;
		gsize		 subject;
	} links[] = { { "linkrinnovo", "&body=RINNOVA", offsetof(RnLetterWords, subject_renew) },
		{ "linkno", "&body=NON%20RINNOVO", offsetof(RnLetterWords, subject_decline) },
		{ "linkdomanda", NULL, offsetof(RnLetterWords, subject_question) } };
	g_autofree char *address = rn_token_address(&e->settings->site, SAMPLE);
	g_autofree char *fence = rn_token_fence(SAMPLE);

	for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
		char *const *subject = (char *const *)(const void *)((const char *)w + links[i].subject);
		g_autofree char *title = rn_letter_words_fill(*subject, "case", "7K3M-9QTX", NULL);
		g_autofree char *escaped = g_uri_escape_string(title, NULL, FALSE);
		g_autofree char *link =
		    g_strconcat("mailto:", address, "?subject=", escaped, links[i].body, NULL);

		rn_view_text(v, links[i].name, link);
	}
	rn_view_text(v, "rispondia", address);
	rn_view_text(v, "codice", fence);
}

/* What is at hand while one letter is made. */
typedef struct {
	const RnPreviewAsk *ask;
	RnEngine	*e;
	RnHouseLook	 look;
	const char	*language;	/* the one it is written in */
	RnView		*under;		/* of a box; NULL: the sample */
	RnView		*view;
} Making;

static void
making_clear(Making *m)
{
	rn_view_free(m->view);
	rn_view_free(m->under);
	rn_engine_free(m->e);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Making, making_clear)

/* The box as it stands in the store, with its newest order. */
static gboolean
look_at_box(Making *m, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(m->e->store, error);
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnOrder) order = NULL;
	RnDesk d = { .e = m->e, .tx = tx, .now = rn_now(), .who = "preview" };
	gboolean offer = m->ask->kind == RN_LETTER_SUMMARY || m->ask->kind == RN_LETTER_REMINDER;
	RnLetterAsk letter = { .kind = m->ask->kind,
		.purpose = offer ? RN_PURPOSE_ACCEPT : RN_PURPOSE_RENEW,
		.read = "RINNOVA",
		.read_at = d.now };

	if (tx == NULL || !rn_store_box_find(tx, m->ask->box, &box, error))
		return FALSE;
	if (box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "the store knows no box \"%s\"", m->ask->box);
		return FALSE;
	}
	if (!rn_store_order_newest(tx, box->period_id, &order, error))
		return FALSE;
	if (m->ask->language != NULL) {
		g_free(box->language);
		box->language = g_strdup(m->ask->language);
	}
	letter.box = box;
	letter.order = order;
	letter.convention = rn_settings_convention(m->e->settings, box->convention);
	m->look = rn_settings_look(m->e->settings, letter.convention);
	m->language = rn_letters_language(m->e->letters, m->ask->kind, box->language);
	m->under = rn_desk_view(&d, &letter, NULL);
	m->view = rn_view_over(m->under);
	return TRUE;
}

/* The sample with the switches of an ordinary letter: two steps, one declaration, nobody else who wrote. */
static void
take_ordinary(const Making *m)
{
	static const char *const off[] = { "unpasso", "piuparole", "superato", "indirizzata",
		"documentomancante", "registroimprese", "offerta" };
	RnLetterKind kind = m->ask->kind;

	for (gsize i = 0; i < G_N_ELEMENTS(off); i++)
		rn_view_bool(m->view, off[i], FALSE);
	if (kind != RN_LETTER_AUTHORIZE && kind != RN_LETTER_WARNING)
		rn_view_text(m->view, "altromittente", "");
	if (kind != RN_LETTER_TROUBLE && kind != RN_LETTER_REFUSED)
		rn_view_text(m->view, "motivo", "");
	if (kind == RN_LETTER_FRESH) {
		rn_view_remove(m->view, "elenco");
		rn_view_list(m->view, "elenco");
	}
	if (kind != RN_LETTER_CONFIRMATION)
		rn_view_text(m->view, "guida", "");
	rn_view_text(m->view, "iscrizione", "");	/* a mark was chosen */
}

static void
take_sample(Making *m)
{
	const char *type;
	g_autoptr(GBytes) logo = rn_desk_logo(&m->look, &type);

	m->language = rn_letters_language(m->e->letters, m->ask->kind, m->ask->language);
	m->view = rn_letters_sample_in(rn_letters_words(m->e->letters, m->language));
	put_look(m->view, &m->look, logo != NULL);
	take_ordinary(m);
}

static GBytes *
compose(const Making *m, const RnWritten *w, GError **error)
{
	const RnSite *site = &m->e->settings->site;
	const char *type = NULL;
	g_autoptr(GBytes) picture = rn_desk_logo(&m->look, &type);
	g_autofree char *from = rn_token_address(site, NULL);
	g_autofree char *reply_to = rn_token_address(site, SAMPLE);
	g_autofree char *id = rn_token_message_id(site, "preview", NULL, SAMPLE);
	RnEnclosure logo = { "logo", type, picture };
	RnDraft draft = {
		.from_name = m->look.name, .from = from, .to = from, .reply_to = reply_to,
		.subject = w->subject, .message_id = id, .auto_submitted = "auto-generated", .date = rn_now(),
		.tz = m->e->settings->tz, .language = m->language, .body = w->text, .html = w->html,
		.logo = picture != NULL ? &logo : NULL,
	};

	return rn_letter_compose(&draft, error);
}

/* Without a configuration: an Order that does not exist. */
static const RnHouseLook nobody = { "Ordine dei Medici di Esempio", "segreteria@ordine.example",
	"0123 456789", "", "#1f4e79", "#9cc9ee", "" };

static gboolean
open_for(Making *m, GError **error)
{
	const RnPreviewAsk *ask = m->ask;
	RnNeed need = RN_NEED_SETTINGS | (ask->box != NULL ? RN_NEED_STORE | RN_NEED_READ_ONLY : 0);

	m->e = ask->config != NULL ? rn_engine_open(ask->config, need, error) :
	                             rn_engine_bare("ordine.example", 0, error);
	if (m->e == NULL)
		return FALSE;
	m->look = ask->config != NULL ? rn_settings_look(m->e->settings, NULL) : nobody;
	m->e->letters = rn_letters_load(
	    ask->templates != NULL ? ask->templates : m->e->settings->site.templates, FALSE, error);
	return m->e->letters != NULL;
}

gboolean
rn_preview(const RnPreviewAsk *ask, RnPreview *out, GError **error)
{
	g_auto(Making) m = { .ask = ask };

	*out = (RnPreview){ 0 };
	if (!open_for(&m, error))
		return FALSE;
	if (ask->box == NULL)
		take_sample(&m);
	else if (!look_at_box(&m, error))
		return FALSE;
	put_samples(m.view, m.e, rn_letters_words(m.e->letters, m.language));
	if (!rn_letters_render(m.e->letters, ask->kind, m.language, m.view, &out->written, error))
		return FALSE;
	out->eml = compose(&m, &out->written, error);
	return out->eml != NULL;
}
