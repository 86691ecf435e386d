/* schema_sqlite.c: the schema for SQLite, one list of texts for each step from a version to the next. A text
 * that was released is never changed: what comes later is a new step. Dates are TEXT YYYY-MM-DD, moments are
 * seconds since 1970 (UTC), words are those of model/words.h; those of vocabularies that will grow (kinds of
 * letter, classes, intents) are not listed: SQLite can change a CHECK only by copying the table. */
#include "store/schema_sqlite.h"

#define DAY(column) "CHECK (" column " GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]')"
#define YES_NO(column) "CHECK (" column " IN (0, 1))"
#define SEND_STATE "CHECK (state IN ('queued', 'claimed', 'sent', 'uncertain', 'failed', 'dropped'))"
#define PROOF "CHECK (proof IN ('none', 'failed', 'low', 'normal', 'strong'))"

/* clang-format off */
static const char *const version_1[] = {
"CREATE TABLE meta (\n"
"  key TEXT NOT NULL PRIMARY KEY,\n"
"  value TEXT NOT NULL\n"
") STRICT, WITHOUT ROWID;\n",

"CREATE TABLE box (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  name TEXT NOT NULL UNIQUE,\n"
"  holder TEXT NOT NULL,\n"
"  reference TEXT NOT NULL,\n"
"  reference2 TEXT,\n"
"  account TEXT,\n"
"  convention TEXT NOT NULL,\n"
"  type TEXT NOT NULL,\n"
"  state TEXT NOT NULL CHECK (state IN ('active', 'deactivated', 'closed')),\n"
"  document INTEGER NOT NULL " YES_NO("document") ",\n"
"  business_register INTEGER NOT NULL " YES_NO("business_register") ",\n"
"  entitled INTEGER NOT NULL " YES_NO("entitled") ",\n"
"  language TEXT NOT NULL,\n"
"  expiry TEXT NOT NULL " DAY("expiry") "\n"
") STRICT;\n"
"CREATE INDEX box_expiry ON box (expiry);\n"
"CREATE INDEX box_reference ON box (reference);\n"
"CREATE INDEX box_reference2 ON box (reference2) WHERE reference2 IS NOT NULL;\n",

/* public_id: 40 bits, on the wire in every token */
"CREATE TABLE period (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  box_id INTEGER NOT NULL REFERENCES box (id),\n"
"  expiry TEXT NOT NULL " DAY("expiry") ",\n"
"  public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0 AND public_id < 1099511627776),\n"
"  UNIQUE (box_id, expiry)\n"
") STRICT;\n",

"CREATE TABLE alias (\n"
"  address TEXT NOT NULL,\n"
"  box_id INTEGER NOT NULL REFERENCES box (id),\n"
"  since INTEGER NOT NULL,\n"
"  PRIMARY KEY (address, box_id)\n"
") STRICT, WITHOUT ROWID;\n",

"CREATE TABLE notice (\n"
"  period_id INTEGER NOT NULL REFERENCES period (id),\n"
"  day INTEGER NOT NULL,\n"
"  decision TEXT NOT NULL,\n"
"  at INTEGER NOT NULL,\n"
"  PRIMARY KEY (period_id, day)\n"
") STRICT, WITHOUT ROWID;\n",

/* the renewal order; "order" is a word of SQL */
"CREATE TABLE renewal (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  box_id INTEGER NOT NULL REFERENCES box (id),\n"
"  period_id INTEGER NOT NULL REFERENCES period (id),\n"
"  convention TEXT NOT NULL,\n"
"  state TEXT NOT NULL CHECK (state IN ('requested', 'document', 'offered', 'accepted', 'renewed', 'declined',\n"
"    'cancelled', 'lapsed', 'failed')),\n"
"  number TEXT UNIQUE,\n"
"  account TEXT,\n"
"  payer TEXT,\n"
"  price INTEGER NOT NULL,\n"
"  vat INTEGER NOT NULL,\n"
"  term INTEGER NOT NULL,\n"
"  old_expiry TEXT " DAY("old_expiry") ",\n"
"  new_expiry TEXT " DAY("new_expiry") ",\n"
"  proof TEXT NOT NULL " PROOF ",\n"
"  words TEXT,\n"
"  requested INTEGER NOT NULL,\n"
"  offered INTEGER NOT NULL,\n"
"  accepted INTEGER NOT NULL,\n"
"  ended INTEGER NOT NULL,\n"
"  CHECK (number IS NOT NULL OR state NOT IN ('accepted', 'renewed', 'failed'))\n"
") STRICT;\n"
/* a period belongs to one box: so these are the laws of one open and one concluded order per (box, period) */
"CREATE UNIQUE INDEX renewal_open ON renewal (period_id) WHERE state IN ('requested', 'document', 'offered');\n"
"CREATE UNIQUE INDEX renewal_concluded ON renewal (period_id) WHERE state IN ('accepted', 'renewed', 'failed');\n"
"CREATE INDEX renewal_period ON renewal (period_id, id);\n"
"CREATE INDEX renewal_box ON renewal (box_id, id);\n",

"CREATE TABLE order_number (\n"
"  year INTEGER PRIMARY KEY,\n"
"  last INTEGER NOT NULL CHECK (last > 0)\n"
") STRICT;\n",

/* lease: until when a claim holds; raw stands last, so that a list need not read it */
"CREATE TABLE letter (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  key TEXT NOT NULL UNIQUE,\n"
"  kind TEXT NOT NULL,\n"
"  step INTEGER NOT NULL,\n"
"  box_id INTEGER REFERENCES box (id),\n"
"  period_id INTEGER REFERENCES period (id),\n"
"  renewal_id INTEGER REFERENCES renewal (id),\n"
"  rcpt TEXT NOT NULL,\n"
"  sender TEXT NOT NULL,\n"
"  message_id TEXT NOT NULL,\n"
"  subject TEXT,\n"
"  state TEXT NOT NULL " SEND_STATE ",\n"
"  due INTEGER NOT NULL,\n"
"  lease INTEGER,\n"
"  created INTEGER NOT NULL,\n"
"  sent INTEGER NOT NULL,\n"
"  attempts INTEGER NOT NULL CHECK (attempts >= 0),\n"
"  error TEXT,\n"
"  raw BLOB NOT NULL,\n"
"  CHECK ((state = 'claimed') = (lease IS NOT NULL))\n"
") STRICT;\n"
"CREATE INDEX letter_due ON letter (due, id) WHERE state = 'queued';\n"
"CREATE INDEX letter_lease ON letter (lease, id) WHERE state = 'claimed';\n"
"CREATE INDEX letter_message ON letter (message_id);\n"
"CREATE INDEX letter_period ON letter (period_id, id);\n"
"CREATE INDEX letter_box ON letter (box_id, id);\n",

"CREATE TABLE call (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  key TEXT NOT NULL UNIQUE,\n"
"  kind TEXT NOT NULL CHECK (kind IN ('renew', 'deactivate', 'reactivate')),\n"
"  renewal_id INTEGER REFERENCES renewal (id),\n"
"  box_id INTEGER REFERENCES box (id),\n"
"  convention TEXT NOT NULL,\n"
"  state TEXT NOT NULL " SEND_STATE ",\n"
"  due INTEGER NOT NULL,\n"
"  lease INTEGER,\n"
"  created INTEGER NOT NULL,\n"
"  done INTEGER NOT NULL,\n"
"  attempts INTEGER NOT NULL CHECK (attempts >= 0),\n"
"  error TEXT,\n"
"  CHECK ((state = 'claimed') = (lease IS NOT NULL))\n"
") STRICT;\n"
"CREATE INDEX call_due ON call (due, id) WHERE state = 'queued';\n"
"CREATE INDEX call_lease ON call (lease, id) WHERE state = 'claimed';\n"
"CREATE INDEX call_renewal ON call (renewal_id, id);\n",

/* author: the From of the message */
"CREATE TABLE inbox (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  rcpt TEXT NOT NULL,\n"
"  sender TEXT,\n"
"  message_id TEXT NOT NULL,\n"
"  digest TEXT NOT NULL,\n"
"  queue_id TEXT,\n"
"  client TEXT,\n"
"  taken INTEGER NOT NULL,\n"
"  processed INTEGER NOT NULL,\n"
"  class TEXT,\n"
"  intent TEXT,\n"
"  typed_text TEXT,\n"
"  matched TEXT,\n"
"  author TEXT,\n"
"  proof TEXT,\n"
"  proof_why TEXT,\n"
"  rule TEXT,\n"
"  action TEXT,\n"
"  held INTEGER NOT NULL " YES_NO("held") ",\n"
"  box_id INTEGER REFERENCES box (id),\n"
"  period_id INTEGER REFERENCES period (id),\n"
"  renewal_id INTEGER REFERENCES renewal (id),\n"
"  raw BLOB,\n"
"  UNIQUE (rcpt, message_id, digest)\n"
") STRICT;\n"
"CREATE INDEX inbox_held ON inbox (id) WHERE held = 1;\n"
"CREATE INDEX inbox_box ON inbox (box_id, id) WHERE box_id IS NOT NULL;\n",

"CREATE TABLE document (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  box_id INTEGER NOT NULL REFERENCES box (id),\n"
"  inbox_id INTEGER REFERENCES inbox (id),\n"
"  at INTEGER NOT NULL,\n"
"  name TEXT,\n"
"  kind TEXT NOT NULL,\n"
"  sha256 TEXT NOT NULL,\n"
"  state TEXT NOT NULL CHECK (state IN ('received', 'accepted', 'refused')),\n"
"  reason TEXT,\n"
"  size INTEGER NOT NULL,\n"
"  data BLOB NOT NULL,\n"
"  UNIQUE (box_id, sha256)\n"
") STRICT;\n",

/* the ids refer to rows that may be forgotten one day; the ledger stays, so they are no foreign keys */
"CREATE TABLE ledger (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  convention TEXT NOT NULL,\n"
"  seq INTEGER NOT NULL CHECK (seq > 0),\n"
"  at INTEGER NOT NULL,\n"
"  who TEXT NOT NULL,\n"
"  what TEXT NOT NULL,\n"
"  why TEXT NOT NULL,\n"
"  box_id INTEGER NOT NULL,\n"
"  period_id INTEGER NOT NULL,\n"
"  renewal_id INTEGER NOT NULL,\n"
"  inbox_id INTEGER NOT NULL,\n"
"  letter_id INTEGER NOT NULL,\n"
"  detail_digest TEXT NOT NULL,\n"
"  digest TEXT NOT NULL,\n"
"  UNIQUE (convention, seq)\n"
") STRICT;\n"
"CREATE INDEX ledger_box ON ledger (box_id, id);\n"
"CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger\n"
"BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never changed'); END;\n"
"CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger\n"
"BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never deleted'); END;\n",

/* personal text, beside the chain: it may be erased, and the chain still holds */
"CREATE TABLE ledger_detail (\n"
"  ledger_id INTEGER PRIMARY KEY REFERENCES ledger (id),\n"
"  detail TEXT NOT NULL\n"
") STRICT;\n",

	NULL
};
/* clang-format on */

/* the whole procedure: documents, authorizations, deactivation, the roll */
static const char *const version_2[] = {
"ALTER TABLE box ADD COLUMN entitled_from TEXT " DAY("entitled_from") ";\n"
"ALTER TABLE box ADD COLUMN entitled_to TEXT " DAY("entitled_to") ";\n",
"CREATE INDEX box_convention ON box (convention, expiry);\n",

"CREATE INDEX renewal_accepted ON renewal (convention, accepted);\n",

/* the rows of a list as it was sent, so that "1,3" means today what the member saw */
"CREATE TABLE letter_row (\n"
"  letter_id INTEGER NOT NULL REFERENCES letter (id),\n"
"  n INTEGER NOT NULL CHECK (n > 0),\n"
"  period_public INTEGER NOT NULL,\n"
"  PRIMARY KEY (letter_id, n)\n"
") STRICT, WITHOUT ROWID;\n",

/* somebody else answered for the holder: step is the one in the token */
"CREATE TABLE authorization (\n"
"  period_id INTEGER NOT NULL REFERENCES period (id),\n"
"  step INTEGER NOT NULL CHECK (step BETWEEN 0 AND 15),\n"
"  inbox_id INTEGER NOT NULL REFERENCES inbox (id),\n"
"  address TEXT NOT NULL,\n"
"  at INTEGER NOT NULL,\n"
"  state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused')),\n"
"  PRIMARY KEY (period_id, step)\n"
") STRICT, WITHOUT ROWID;\n"
"ALTER TABLE alias ADD COLUMN kind TEXT NOT NULL DEFAULT 'authorized' CHECK (kind IN ('authorized', 'delegate'));\n",

/* what expire last made of a period: said in the ledger when it changes */
"CREATE TABLE expiry_decision (\n"
"  period_id INTEGER PRIMARY KEY REFERENCES period (id),\n"
"  decision TEXT NOT NULL,\n"
"  at INTEGER NOT NULL\n"
") STRICT;\n",

NULL
};

static const char *const version_3[] = {
/* an earlier try of this call may have been carried out */
"ALTER TABLE call ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0 " YES_NO("doubt") ";\n",

/* the SMTP session as our milter recorded it: "good" came with the record's signature, "bad" with a forged
 * one */
"ALTER TABLE inbox ADD COLUMN session TEXT NOT NULL DEFAULT 'none' CHECK (session IN ('none', 'bad', 'good'));\n"
"ALTER TABLE inbox ADD COLUMN helo TEXT;\n"
"ALTER TABLE inbox ADD COLUMN tls TEXT;\n"
"ALTER TABLE inbox ADD COLUMN login TEXT;\n",
/* what came back about a letter: undeliverable, delayed, away (out of office until back_on) */
"CREATE TABLE delivery (\n"
"  letter_id INTEGER NOT NULL REFERENCES letter (id),\n"
"  state TEXT NOT NULL,\n"
"  at INTEGER NOT NULL,\n"
"  inbox_id INTEGER REFERENCES inbox (id),\n"
"  code TEXT,\n"
"  why TEXT,\n"
"  back_on TEXT " DAY("back_on") ",\n"
"  PRIMARY KEY (letter_id, state)\n"
") STRICT, WITHOUT ROWID;\n",

/* addresses where nothing arrives, until somebody writes from there */
"CREATE TABLE dead_address (\n"
"  address TEXT NOT NULL PRIMARY KEY,\n"
"  letter_id INTEGER NOT NULL REFERENCES letter (id),\n"
"  since INTEGER NOT NULL\n"
") STRICT, WITHOUT ROWID;\n",
"CREATE INDEX letter_rcpt ON letter (rcpt, created);\n",

/* the day on which a dry run told the administrator that the period ends */
"CREATE TABLE announcement (\n"
"  period_id INTEGER PRIMARY KEY REFERENCES period (id),\n"
"  day TEXT NOT NULL " DAY("day") "\n"
") STRICT;\n",

/* the number that the provider gave the renewal, for its invoice */
"ALTER TABLE renewal ADD COLUMN reference TEXT;\n",

/* which summary stands, and a digest of what it said; 0 and NULL: one of an earlier version */
"ALTER TABLE renewal ADD COLUMN offer INTEGER NOT NULL DEFAULT 0 CHECK (offer >= 0);\n"
"ALTER TABLE renewal ADD COLUMN terms TEXT;\n",

/* what a notice offered that can be accepted by its answer: the digest of its terms */
"CREATE TABLE letter_terms (\n"
"  letter_id INTEGER PRIMARY KEY REFERENCES letter (id),\n"
"  terms TEXT NOT NULL\n"
") STRICT;\n",

/* one mail to several addresses of ours */
"CREATE INDEX inbox_message ON inbox (message_id, digest);\n",

/* nothing of these boxes is removed */
"CREATE TABLE legal_hold (\n"
"  box_id INTEGER PRIMARY KEY REFERENCES box (id),\n"
"  reason TEXT NOT NULL,\n"
"  since INTEGER NOT NULL\n"
") STRICT;\n"
"CREATE INDEX inbox_junk ON inbox (id) WHERE action = 'junk' AND held = 0 AND box_id IS NULL;\n"
"CREATE INDEX document_inbox ON document (inbox_id);\n",

/* registered mail and signatures; the bytes stand in the inbox */
"CREATE TABLE registered (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  inbox_id INTEGER NOT NULL UNIQUE REFERENCES inbox (id),\n"
"  letter_id INTEGER REFERENCES letter (id),\n"
"  kind TEXT NOT NULL,\n"
"  signature TEXT NOT NULL CHECK (signature IN ('missing', 'valid', 'invalid', 'untrusted')),\n"
"  fault TEXT,\n"
"  provider TEXT,\n"
"  certificate TEXT,\n"
"  mittente TEXT,\n"
"  identificativo TEXT,\n"
"  msgid TEXT,\n"
"  rcpt TEXT NOT NULL,\n"
"  consegna TEXT,\n"
"  code TEXT,\n"
"  certified INTEGER NOT NULL " YES_NO("certified") ",\n"
"  at INTEGER NOT NULL\n"
") STRICT;\n"
/* an envelope comes once to each of its addresses */
"CREATE UNIQUE INDEX registered_once ON registered (identificativo, rcpt)"
" WHERE kind = 'posta-certificata' AND fault IS NULL;\n"
"CREATE INDEX registered_number ON registered (identificativo) WHERE identificativo IS NOT NULL;\n"
"CREATE INDEX registered_letter ON registered (letter_id, id) WHERE letter_id IS NOT NULL;\n",

/* what a row of the ledger is about, byte for byte: model/ledger.h; NULL and format 1: of an earlier version
 */
"ALTER TABLE inbox ADD COLUMN raw_digest TEXT;\n"
"ALTER TABLE letter ADD COLUMN raw_digest TEXT;\n"
"ALTER TABLE ledger ADD COLUMN format INTEGER NOT NULL DEFAULT 1;\n"
"ALTER TABLE ledger ADD COLUMN inbox_digest TEXT NOT NULL DEFAULT '';\n"
"ALTER TABLE ledger ADD COLUMN letter_digest TEXT NOT NULL DEFAULT '';\n",

/* the ends of all chains, noted once a day; answer: that of the time-stamping authority, as it came */
"CREATE TABLE ledger_head (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  day TEXT NOT NULL UNIQUE " DAY("day") ",\n"
"  at INTEGER NOT NULL,\n"
"  record TEXT NOT NULL,\n"
"  due INTEGER NOT NULL,\n"
"  attempts INTEGER NOT NULL DEFAULT 0,\n"
"  stamped INTEGER NOT NULL DEFAULT 0,\n"
"  authority TEXT,\n"
"  error TEXT,\n"
"  answer BLOB\n"
") STRICT;\n",

NULL
};

static const char *const version_4[] = {
/* the held mails of a day as they were numbered for the administrators; public_id is that of their token */
"CREATE TABLE digest (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  day TEXT NOT NULL UNIQUE " DAY("day") ",\n"
"  public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0 AND public_id < 1099511627776),\n"
"  at INTEGER NOT NULL\n"
") STRICT;\n"
/* a mail may be removed one day, and its number stays taken: so inbox_id is no foreign key */
"CREATE TABLE digest_case (\n"
"  digest_id INTEGER NOT NULL REFERENCES digest (id),\n"
"  n INTEGER NOT NULL CHECK (n > 0),\n"
"  inbox_id INTEGER NOT NULL,\n"
"  PRIMARY KEY (digest_id, n),\n"
"  UNIQUE (digest_id, inbox_id)\n"
") STRICT, WITHOUT ROWID;\n",

/* who ended the waiting of a held mail, and how; why stands in the ledger */
"CREATE TABLE held_decision (\n"
"  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
"  inbox_id INTEGER NOT NULL,\n"
"  at INTEGER NOT NULL,\n"
"  who TEXT NOT NULL,\n"
"  what TEXT NOT NULL\n"
") STRICT;\n"
"CREATE INDEX held_decision_inbox ON held_decision (inbox_id, id);\n",

/* the word that a holder has chosen for our letters; the mail that chose it may be removed */
"CREATE TABLE mark (\n"
"  box_id INTEGER NOT NULL PRIMARY KEY REFERENCES box (id),\n"
"  word TEXT NOT NULL,\n"
"  at INTEGER NOT NULL,\n"
"  inbox_id INTEGER\n"
") STRICT;\n",

"CREATE INDEX call_box ON call (box_id, id) WHERE box_id IS NOT NULL;\n",

/* the holder's number in the Order's register */
"ALTER TABLE box ADD COLUMN register_number TEXT;\n",

NULL
};

static const char *const version_5[] = {
/* a letter that has left, as the programs of members quote it; NULL: it is made of raw */
"ALTER TABLE letter ADD COLUMN quoted TEXT;\n",

NULL
};

const RnDbStep rn_schema_sqlite[RN_SCHEMA_SQLITE_N] = {
	version_1, version_2, version_3, version_4, version_5,
};
