/* read_report: what bounces and autoresponders say about a letter. */
#include <string.h>

#include "mail/read.h"
#include "mail/report.h"

typedef struct {
	const char	*text, *day;
} Absence;

static const Absence absences[] = {
	{ "Sar\xc3\xb2 assente fino al 24 agosto 2026.", "2026-08-24" },
	{ "Sono in ferie dal 10 al 24 agosto.", "--08-24" },
	{ "Lo studio rester\xc3\xa0 chiuso dal 10/08/2026 al 24/08/2026 e riaprir\xc3\xa0 il 25/08/2026.", "2026-08-25" },
	{ "Rientro l\xe2\x80\x99" "8 gennaio. Per urgenze 333 1234567.", "--01-08" },
	{ "I am out of the office until August 24th.", "--08-24" },
	{ "I will be back on 3 September 2026", "2026-09-03" },
	{ "Ich bin bis 24.08.2026 nicht im B\xc3\xbcro.", "2026-08-24" },
	{ "Je suis absent jusqu'au 24 ao\xc3\xbbt.", "--08-24" },
	{ "Odsoten sem do 24. avgusta 2026.", "2026-08-24" },
	{ "Sono fuori ufficio fino a luned\xc3\xac.", NULL },
	{ "Assente fino al 45/13/2026.", NULL },
	{ "Il 3 marzo 2020 abbiamo cambiato sede.", NULL },
	{ "", NULL },
};

static void
test_absences(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(absences); i++) {
		g_autofree char *day = rn_absence_day(absences[i].text);

		if (g_strcmp0(day, absences[i].day) != 0)
			g_error("\"%s\": %s, wanted %s", absences[i].text, day, absences[i].day);
	}
}

#define HEAD                                                                                                 \
	"From: MAILER-DAEMON@mx.example\nTo: rinnovo+t@ordine.example\nSubject: Undelivered Mail Returned to Sender\n" \
	"Message-ID: <b1@mx.example>\nMIME-Version: 1.0\n"
#define DSN                                                                                                  \
	HEAD "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"                   \
	     "--b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n"                     \
	     "Reporting-MTA: dns; mx.example\n\n"

static RnFacts *
facts_of(const char *text)
{
	g_autoptr(GBytes) raw = g_bytes_new_static(text, strlen(text));
	g_autoptr(GError) error = NULL;
	g_autoptr(RnFacts) f = rn_facts_parse(raw, NULL, NULL, NULL, &error);
	g_autoptr(GVariant) wire = NULL;
	RnFacts *back;

	g_assert_no_error(error);
	wire = rn_facts_to_variant(f);
	back = rn_facts_from_variant(wire, &error);
	g_assert_no_error(error);
	return back;
}

static void
test_dsn(void)
{
	g_autoptr(RnFacts) f = facts_of(DSN
	    "Original-Recipient: rfc822;m.rossi@posta.example\nFinal-Recipient: rfc822; m@in.example\n"
	    "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <m@in.example>\n user unknown\n"
	    "--b\nContent-Type: message/rfc822\n\nMessage-ID: <notice.1.abc@ordine.example>\nSubject: x\n\nx\n--b--\n");

	g_assert_cmpint(f->class_, ==, RN_CLASS_BOUNCE);
	g_assert_cmpstr(f->report.ids, ==, "notice.1.abc@ordine.example");
	g_assert_cmpstr(f->report.action, ==, "failed");
	g_assert_cmpstr(f->report.status, ==, "5.1.1");
	g_assert_cmpstr(f->report.rcpt, ==, "m.rossi@posta.example");
	g_assert_cmpstr(f->report.text, ==, "550 5.1.1 <m@in.example> user unknown");
}

static void
test_headers_only(void)
{
	g_autoptr(RnFacts) f = facts_of(DSN
	    "Final-Recipient: rfc822; m@in.example\nAction: delayed (4 h)\nStatus: 4.4.1 (x)\n"
	    "--b\nContent-Type: text/rfc822-headers\n\nSubject: x\nMESSAGE-ID:\n <n.1@ordine.example>\n--b--\n");

	g_assert_cmpstr(f->report.ids, ==, "n.1@ordine.example");
	g_assert_cmpstr(f->report.action, ==, "delayed");
	g_assert_cmpstr(f->report.status, ==, "4.4.1");
	g_assert_cmpstr(f->report.rcpt, ==, "m@in.example");
}

static void
test_sentences(void)
{
	g_autoptr(RnFacts) f = facts_of(HEAD
	    "\nHi. This is the qmail-send program.\n<m@in.example>:\n"
	    "192.0.2.1 does not like recipient.\nRemote host said: 550 5.7.1 go away\n\n--- Below this line\n"
	    "Subject: x\n> Message-Id: <n.1@ordine.example>\n");

	g_assert_cmpint(f->class_, ==, RN_CLASS_BOUNCE);
	g_assert_cmpstr(f->report.ids, ==, "n.1@ordine.example");
	g_assert_cmpstr(f->report.status, ==, "5.7.1");
	g_assert_cmpstr(f->report.text, ==, "Remote host said: 550 5.7.1 go away");
	g_assert_null(f->report.action);
}

static void
test_human(void)
{
	g_autoptr(RnFacts) f =
	    facts_of("From: a@b.example\nMessage-ID: <1@b.example>\n\nRINNOVA fino al 3 maggio\n"
	             "Message-ID: <n.1@ordine.example> 550 5.1.1\n");

	g_assert_cmpint(f->class_, ==, RN_CLASS_HUMAN);
	g_assert_null(f->report.ids);
	g_assert_null(f->report.status);
	g_assert_null(f->report.back_on);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rn_read_init();
	g_test_add_func("/read_report/absences", test_absences);
	g_test_add_func("/read_report/dsn", test_dsn);
	g_test_add_func("/read_report/headers_only", test_headers_only);
	g_test_add_func("/read_report/sentences", test_sentences);
	g_test_add_func("/read_report/human", test_human);
	return g_test_run();
}
