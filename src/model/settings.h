/* settings.h: the configuration as a struct, and the table of its keys. */
#ifndef RN_MODEL_SETTINGS_H
#define RN_MODEL_SETTINGS_H

#include "base/conf.h"

typedef enum { RN_SUBMIT_SMTP, RN_SUBMIT_SENDMAIL } RnSubmit;
typedef enum { RN_ACCOUNT_MAIL, RN_ACCOUNT_PEC } RnAccountType;
typedef enum { RN_TLS_REQUIRED, RN_TLS_NONE, RN_TLS_IMPLICIT } RnTls;

typedef enum { RN_MILTER_GATE, RN_MILTER_HANDOVER } RnMilterMode;

typedef enum { RN_QUEUE_NONE, RN_QUEUE_POSTFIX, RN_QUEUE_SENDMAIL } RnQueueKind;

typedef struct {
	char	*domain;		/* site.domain: of our addresses; bound into every token */
	char	*localpart;		/* site.localpart: "rinnovo" */
	char	*verify;		/* site.verify: local part of the address that verifies; "" = none */
	char	*delimiter;		/* site.delimiter: "+" or "-" or "" (sub-domain of its own) */
	char	*name;			/* site.name: who signs the letters, "Ordine dei Medici di Esempio" */
	char	*contact;		/* site.contact: address of a person, printed in letters */
	char	*phone;			/* site.phone */
	char	*admin;			/* site.admin: address of the administrator */
	char	**administrators;	/* site.administrators: others who may decide about held mail */
	char	*timezone;		/* site.timezone: "Europe/Rome" */
	char	*templates;		/* site.templates: folder */
	char	**languages;		/* site.languages: those that answers are read in, most used first */
	char	*language_folder;	/* site.language-folder; "" = what is built in */
	char *
	    authserv_id; /* site.authserv-id: of our MX in Authentication-Results; "" = no result is trusted */
	gboolean results_stripped; /* site.results-stripped: the mail server takes forged results off */
	char *
	    auth_domain; /* site.auth-domain: of the logins of our own mail server; "" = they prove nothing */
	char	**trusted_received;	/* site.received-by: host names of our own Received lines */
	int	 answers_per_day;	/* site.answers-per-day: letters to one address */
	int	 log_to;		/* site.log: stderr|syslog */
	int	 log_level;		/* site.log-level: error|warn|info|debug */

	int	 import_brake;		/* site.import-brake-percent */

	char	*timestamp_url;		/* site.timestamp-url: of a time-stamping authority; "" = none */
	char	*timestamp_anchors;	/* site.timestamp-anchors: folder or file of certificates */
	char	*evidence_key;		/* site.evidence-key: signs evidence; a path or credential:NAME; "" = none */
	char	*evidence_certificate;	/* site.evidence-certificate: the same */

	char	*look_logo;		/* look.logo: PNG or JPEG file; "" = none */
	char	*look_colour;		/* look.colour: "#1f4e79", on white */
	char	*look_colour_dark;	/* look.colour-dark: the same on black */
	char	*look_footer;		/* look.footer: printed below the letters */

	char	*store;			/* store.url */
	char	*key_file;		/* keys.file: the token key ring */

	char	*lmtp_socket;		/* lmtp.socket */
	int	 lmtp_mode;		/* lmtp.socket-mode, octal as written, e.g. 660 */
	char	*lmtp_group;		/* lmtp.socket-group, "" = leave */
	gint64	 max_message;		/* lmtp.max-message, bytes */
	int	 max_sessions;		/* lmtp.max-sessions */
	int	 parse_seconds;		/* lmtp.parse-timeout */
	int	 parsers;		/* lmtp.parsers: children at once */
	gboolean parser_filter;		/* lmtp.parser-filter: they may make few system calls only */

	char	*milter_socket;		/* milter.socket */
	char	*milter_group;		/* milter.socket-group, "" = leave */
	gint64	 handover_max;		/* milter.handover-max, bytes */
	int	 milter_rights;		/* milter.socket-mode, octal as written */
	int	 milter_mode;		/* milter.mode: gate|handover */
	gboolean milter_refuse;		/* milter.refuse */
	gboolean milter_strip;		/* milter.strip-results: takes forged results off */
	int	 handover_ms;		/* milter.handover-deadline, milliseconds */
	int	 handover_slots;	/* milter.handover-slots: at once */
	int	 submit;		/* courier.submit: smtp|sendmail */
	int	 account;		/* courier.type: mail|pec */
	char	*pec_box;		/* courier.pec-box: the box that letters leave from, with type = pec */
	int	 pec_receipt;		/* courier.pec-receipt: completa|breve|sintetica */
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

	char	*pec_anchors;		/* pec.anchors: folder of certificates; "" = no PEC is believed */
	char	*pec_crl;		/* pec.crl: folder of revocation lists; "" = none */
	gboolean pec_sha1;		/* pec.sha1: signatures over SHA-1 digests are taken */
	char	*smime_anchors;		/* smime.anchors: folder; "" = no member's signature is believed */
	char	*smime_crl;		/* smime.crl */
	char	*smime_key;		/* smime.key: signs our letters; a path or credential:NAME; "" = none */
	char	*smime_certificate;	/* smime.certificate: the same */

	char	**keep_keys;		/* keep.key-files: of the store, the first encrypts; empty = in the clear */
	int	 keep_mail;		/* keep.mail-years: members' mail and our letters; 0 = for ever */
	int	 keep_documents;	/* keep.document-years; 0 = for ever */
	int	 keep_junk;		/* keep.junk-days: mail that was nobody's */
	int	 junk_mails;		/* keep.junk-mails: so many of them at most */

	int	 mail_queue;		/* site.mail-queue: none|postfix|sendmail */
	char	*mail_queue_config;	/* site.mail-queue-config: folder of main.cf; "" = the usual one */
	char	*mail_queue_command;	/* site.mail-queue-command: "" = the usual postqueue or mailq */
	int	 brake_boxes;		/* site.expire-brake-boxes: a run may deactivate so many ... */
	int	 brake_percent;		/* site.expire-brake-percent: ... or this share of the active ones */
} RnSite;

/* What mail servers and milters may add to a message between its first size check and our door: a message
 * that the mail server has taken at its limit must not be bounced for it. */
#define RN_MESSAGE_ROOM (64 << 10)

/* The largest message that we take from the mail server: lmtp.max-message and that room. Bytes. */
gsize rn_site_message_limit(const RnSite *site);

/* Is ADDRESS (folded) that of an administrator: site.admin, or one of site.administrators? */
gboolean rn_site_administrator(const RnSite *site, const char *address);

/* What has to happen to a member's identity document before the order goes on. */
typedef enum { RN_DOCUMENT_NONE, RN_DOCUMENT_RECEIPT, RN_DOCUMENT_PERSON } RnDocumentCheck;

typedef enum { RN_PROVIDER_MANUAL, RN_PROVIDER_EXEC, RN_PROVIDER_HTTP, RN_PROVIDER_ARUBA } RnProviderKind;

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
	int	 provider;		/* provider: manual|exec|http|aruba */
	char	*provider_command;	/* provider-command: absolute path, for exec */
	char	*provider_url;		/* provider-url: for http, with {placeholders}; for aruba its service */
	char	*provider_body;		/* provider-body: JSON file with {placeholders}, for http; "" = all */
	char	*provider_secret_file;	/* provider-secret-file: signs the requests of http; "" = none */
	char	*provider_user;		/* provider-user: for aruba */
	char	*provider_password_file;	/* provider-password-file */
	char	*provider_ca_file;	/* provider-ca-file: "" = the system's */
	int	 provider_per_minute;	/* provider-per-minute: calls, 0 = no limit */
	int	 provider_timeout;	/* provider-timeout, seconds */
	int	 provider_tries;	/* provider-tries */
	gboolean provider_document;	/* provider-document: the program gets the document */
	int	 document_check;	/* document-check: none|receipt|person */
	gint64	 document_max;		/* document-max, bytes */
	char	*language;		/* language: "it" */
	gboolean low_proof;		/* low-proof: acceptance at proof low is taken */
	char	*look_name, *look_contact, *look_phone;	/* look-name ...: in its letters; "" = the site's */
	char	*look_logo, *look_colour, *look_colour_dark, *look_footer;
	char	*guide;			/* guide: the one web address in a letter */
	gboolean notify_box;		/* notify-box: the notice also goes to the box itself */
	gboolean copy_secretary;	/* copy-secretary: confirmations in copy */
	gboolean calendar;		/* calendar: the deadline goes with the notice, for a calendar */
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

/* How letters look: the site's, or what their convention says otherwise. Members point into the settings. */
typedef struct {
	const char	*name, *contact, *phone;
	const char	*logo;			/* "" = none */
	const char	*colour, *colour_dark;
	const char	*footer;
} RnHouseLook;

#define RN_LOGO_MAX (64 << 10)	/* bytes: it goes out with every letter */

RnHouseLook rn_settings_look(const RnSettings *s, const RnConvention *c);

/* The picture of LOOK; *TYPE (static) is "image/png" or "image/jpeg", by its first bytes. RN_ERR_CONFIG if it
 * cannot be read, is neither, or has more than RN_LOGO_MAX bytes. */
GBytes *rn_look_logo(const RnHouseLook *look, const char **type, GError **error);

/* The contrast of two colours ("#rrggbb"), 1 to 21 (WCAG 2.2, "contrast ratio"). */
double rn_look_contrast(const char *colour, const char *other);

/* Whether TEXT is "#" and six hexadecimal digits. */
gboolean rn_look_is_colour(const char *text);

/* The convention called ID, NULL if there is none. */
const RnConvention *rn_settings_convention(const RnSettings *s, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnSettings, rn_settings_free)

#endif
