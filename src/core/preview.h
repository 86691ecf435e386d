/* preview.h: letters looked at before they are sent, and template sets before they are used. */
#ifndef RN_CORE_PREVIEW_H
#define RN_CORE_PREVIEW_H

#include "core/engine.h"
#include "core/finding.h"

typedef struct {
	const char	*config;	/* NULL: none, then TEMPLATES must be said */
	const char	*templates;	/* folder; NULL: that of the configuration */
	RnLetterKind	 kind;
	const char	*language;	/* NULL: that of the box, else "it" */
	const char	*box;		/* its name; NULL: the sample */
} RnPreviewAsk;

/* What would be sent. Tokens in it are samples and open nothing. Members owned. */
typedef struct {
	RnWritten	 written;
	GBytes		*eml;		/* the finished message */
} RnPreview;

void rn_preview_clear(RnPreview *p);

/* FALSE with an error: configuration, template, or no such box (RN_ERR_NOT_FOUND). */
gboolean rn_preview(const RnPreviewAsk *ask, RnPreview *out, GError **error);

/* Appends what is wrong with the look (colours, logo) and the links of S to LIST, as "look". */
void rn_preview_look(const RnSettings *s, GPtrArray *list);

/* Everything that is wrong with the template sets, and with the look and the links of CONFIG (NULL: the sets
 * of TEMPLATES alone): one text for each in FINDINGS. FALSE with an error if the configuration itself cannot
 * be read. */
gboolean rn_preview_check(const char *config, const char *templates, GPtrArray *findings, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnPreview, rn_preview_clear)

#endif
