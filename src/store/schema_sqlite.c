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

const RnDbStep rn_schema_sqlite[RN_SCHEMA_SQLITE_N] = { version_1, version_2 };
