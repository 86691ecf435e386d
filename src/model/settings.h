/* settings.h: the configuration as a struct, and the table of its keys. */
#ifndef RN_MODEL_SETTINGS_H
#define RN_MODEL_SETTINGS_H

#include "base/conf.h"

typedef enum { RN_SUBMIT_SMTP, RN_SUBMIT_SENDMAIL } RnSubmit;
typedef enum { RN_TLS_REQUIRED, RN_TLS_NONE, RN_TLS_IMPLICIT } RnTls;

typedef enum { RN_QUEUE_NONE, RN_QUEUE_POSTFIX, RN_QUEUE_SENDMAIL } RnQueueKind;

typedef struct {
	char	*domain;		/* site.domain: of our addresses; bound into every token */
	char	*localpart;		/* site.localpart: "rinnovo" */
	char	*delimiter;		/* site.delimiter: "+" or "-" or "" (sub-domain of its own) */
	char	*name;			/* site.name: who signs the letters, "Ordine dei Medici di Esempio" */
	char	*contact;		/* site.contact: address of a person, printed in letters */
	char	*phone;			/* site.phone */
	char	*admin;			/* site.admin: address of the administrator */
	char	*timezone;		/* site.timezone: "Europe/Rome" */
	char	*templates;		/* site.templates: folder */
	char *
	    authserv_id; /* site.authserv-id: of our MX in Authentication-Results; "" = no result is trusted */
	char	**trusted_received;	/* site.received-by: host names of our own Received lines */
	int	 log_to;		/* site.log: stderr|syslog */
	int	 log_level;		/* site.log-level: error|warn|info|debug */

	int	 import_brake;		/* site.import-brake-percent */

	char	*store;			/* store.url */
	char	*key_file;		/* keys.file: the token key ring */

	char	*lmtp_socket;		/* lmtp.socket */
	int	 lmtp_mode;		/* lmtp.socket-mode, octal as written, e.g. 660 */
	char	*lmtp_group;		/* lmtp.socket-group, "" = leave */
	gint64	 max_message;		/* lmtp.max-message, bytes */
	int	 max_sessions;		/* lmtp.max-sessions */
	int	 parse_seconds;		/* lmtp.parse-timeout */
	int	 parsers;		/* lmtp.parsers: children at once */

	int	 submit;		/* courier.submit: smtp|sendmail */
	char	*smtp_url;		/* courier.smtp: "smtp://127.0.0.1:25" or "smtps://..." */
	int	 smtp_tls;		/* courier.tls: required|none|implicit */
	char	*smtp_user;		/* courier.user */
	char	*smtp_password_file;	/* courier.password-file */
	char	*smtp_ca_file;		/* courier.ca-file: "" = the system's */
	char	*sendmail;		/* courier.sendmail: path of sendmail(1) */
	int	 per_minute;		/* courier.per-minute, all together; 0 = no limit */
	int	 per_domain;		/* courier.per-minute-domain; 0 = no limit */
	int	 give_up;		/* courier.give-up, seconds */
	int	 retry_first;		/* courier.retry-first, seconds */
	int	 retry_max;		/* courier.retry-max, seconds */
	int	 lease;			/* courier.lease, seconds: how long a claim holds */

	int	 mail_queue;		/* site.mail-queue: none|postfix|sendmail */
	char	*mail_queue_config;	/* site.mail-queue-config: folder of main.cf; "" = the usual one */
	char	*mail_queue_command;	/* site.mail-queue-command: "" = the usual postqueue or mailq */
	int	 brake_boxes;		/* site.expire-brake-boxes: a run may deactivate so many ... */
	int	 brake_percent;		/* site.expire-brake-percent: ... or this share of the active ones */
} RnSite;

/* What has to happen to a member's identity document before the order goes on. */
typedef enum { RN_DOCUMENT_NONE, RN_DOCUMENT_RECEIPT, RN_DOCUMENT_PERSON } RnDocumentCheck;

typedef enum { RN_PROVIDER_MANUAL, RN_PROVIDER_EXEC } RnProviderKind;

typedef struct {
	char	*id;			/* NAME of the section */
	char	*name;			/* name: "Convenzione FNOMCEO" */
	char	*payer;			/* payer: "Ordine dei Medici di ..." */
	char	*secretary;		/* secretary: address, "" = none */
	char	*type;			/* type: "PEC FNOMCEO" */
	int	 term;			/* term: months */
	gint64	 price;			/* price: cents without VAT */
	int	 vat;			/* vat: percent */
	gint64	 budget;		/* budget: cents without VAT in a calendar year, 0 = no limit */
	GArray	*notice_days;		/* notice-days: int, days before expiry, descending */
	int	 steps;			/* steps: index of one|two, so 0 = one, 1 = two */
	char	**contracts;		/* contracts: files attached to the summary */
	char *
	    *declarations; /* declarations: "VERB: text" each, VERB of ACCETTO, APPROVO, CONFERMO, DICHIARO */
	int	 held_days;		/* held-days: then a held reply is the administrator's to decide */
	int	 answer_days;		/* answer-days: an offer waits so long for its acceptance */
	int	 cooling;		/* cooling: seconds between acceptance and the provider call */
	int	 reactivation_days;	/* reactivation-days */
	int	 provider;		/* provider: manual|exec */
	char	*provider_command;	/* provider-command: absolute path, for exec */
	int	 provider_timeout;	/* provider-timeout, seconds */
	int	 provider_tries;	/* provider-tries */
	gboolean provider_document;	/* provider-document: the program gets the document */
	int	 document_check;	/* document-check: none|receipt|person */
	gint64	 document_max;		/* document-max, bytes */
	char	*language;		/* language: "it" */
	gboolean low_proof;		/* low-proof: acceptance at proof low is taken */
	char	*guide;			/* guide: the one web address in a letter */
	gboolean notify_box;		/* notify-box: the notice also goes to the box itself */
	gboolean copy_secretary;	/* copy-secretary: confirmations in copy */
} RnConvention;

typedef struct {
	char		*file;		/* where it was read from */
	RnSite		 site;
	GPtrArray	*conventions;	/* RnConvention, in file order */
	GTimeZone	*tz;
} RnSettings;

/* The table of keys with defaults, for reading and for the test that conf/rinnova.conf names every one. */
const RnConfKey *rn_settings_keys(gsize *n);

/* Reads FILE and checks it whole: unknown keys, values, the time zone, at least one convention, contract
 * files readable, provider command executable, notice days descending. NULL with RN_ERR_CONFIG naming file,
 * line, key. */
RnSettings *rn_settings_read(const char *file, GError **error);
void rn_settings_free(RnSettings *s);

/* The convention called ID, NULL if there is none. */
const RnConvention *rn_settings_convention(const RnSettings *s, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnSettings, rn_settings_free)

#endif
