/* report.h: the secretary's report: who renewed, who did not and why, what is owed, how the notices worked.
 */
#ifndef RN_CORE_REPORT_H
#define RN_CORE_REPORT_H

#include "core/engine.h"
#include "policy/policy.h"

/* A period whose last day falls into the span of the report. Members owned. */
typedef struct {
	RnBox		*box;		/* as it is today */
	RnDay		 expiry;	/* of the period */
	RnOrder		*order;		/* its newest, NULL if there is none */
	RnDay		 noticed;	/* day of the last letter about it, RN_DAY_NONE if none */
	guint		 notices;	/* notices and reminders written */
	RnReportGroup	 group;
} RnReportRow;

#define RN_REPORT_STEPS 4	/* within 1, 3 and 7 days, and later */

/* How many were written N days before the end, and how many of those asked then, before the next one. */
typedef struct {
	int	day;
	guint	sent, answers[RN_REPORT_STEPS];
} RnReportCurve;

/* What one payer, as the orders' summaries named it, owes for those concluded in one month, in cents. */
typedef struct {
	char	*payer;		/* owned */
	int	year, month;
	guint	orders;
	gint64	price, vat;
} RnReportMonth;

typedef struct {
	const RnConvention *convention;	/* of the settings */
	RnDay		 today, from, to;	/* periods that end from FROM to TO */
	RnDay		 owed_from, owed_to;	/* orders concluded from OWED_FROM to OWED_TO */
	GPtrArray	*rows;		/* RnReportRow, by heading, then expiry and name */
	guint		 count[RN_REPORT_N];
	GArray		*curve;		/* RnReportCurve, from the first notice to the last */
	GArray		*months;	/* RnReportMonth, by payer, then in order */
} RnRenewals;

/* The report about convention C as of NOW. FROM and TO are days or RN_DAY_NONE: then the periods that end
 * from 30 days ago until the first notice's days from now, and the orders of this calendar year so far. TX
 * reads. NULL with RN_ERR_STORE. */
RnRenewals *rn_report_make(
    RnEngine *e, RnTx *tx, const RnConvention *c, gint64 now, RnDay from, RnDay to, GError **error);
void rn_renewals_free(RnRenewals *r);

typedef enum { RN_REPORT_TEXT, RN_REPORT_MAIL, RN_REPORT_PAGE } RnReportForm;

/* The report in Italian: as text, as HTML for a mail (bars of plain HTML and CSS), or as a page of its own
 * (bars of SVG, for printing), from the templates report.txt and report.html of the site. NULL with
 * RN_ERR_CONFIG naming file and line. Caller frees. */
char *rn_report_render(RnEngine *e, const RnRenewals *r, RnReportForm form, GError **error);

/* One line for each period, as Excel of an Italian desk opens it: semicolons, decimal comma, dates
 * 30/11/2026, UTF-8 with a mark, CRLF. No field begins as a formula does. Caller frees. */
char *rn_report_csv(const RnRenewals *r, GTimeZone *tz);

/* Queues the report about C to its secretary, or the administrator where it has none: text and HTML, and the
 * CSV beside them. Once for a day: a second one on the same day is none, and no error; *FRESH is FALSE then.
 */
gboolean rn_report_send(RnEngine *e, RnTx *tx, const RnConvention *c, gint64 now, RnDay from, RnDay to,
    gboolean *fresh, GError **error);

/* The heading of GROUP in Italian: "Rinnovate". Static. */
const char *rn_report_heading(RnReportGroup group);

/* TEXT as a CSV field in quotes that no spreadsheet takes for a formula. Caller frees. */
char *rn_report_field(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnRenewals, rn_renewals_free)

#endif
