-- The store of store-v4.sql as schema 5 has it, with a value of what is new; never changed.
PRAGMA application_id = 1380863574;
PRAGMA user_version = 5;
BEGIN TRANSACTION;
CREATE TABLE alias (
  address TEXT NOT NULL,
  box_id INTEGER NOT NULL REFERENCES box (id),
  since INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT 'authorized' CHECK (kind IN ('authorized', 'delegate')),
  PRIMARY KEY (address, box_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "alias" VALUES('marta.vecchia@posta.example',1,1772300000,'authorized');
CREATE TABLE announcement (
  period_id INTEGER PRIMARY KEY REFERENCES period (id),
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]')
) STRICT;
INSERT INTO "announcement" VALUES(1,'2026-03-31');
CREATE TABLE authorization (
  period_id INTEGER NOT NULL REFERENCES period (id),
  step INTEGER NOT NULL CHECK (step BETWEEN 0 AND 15),
  inbox_id INTEGER NOT NULL REFERENCES inbox (id),
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'granted', 'refused')),
  PRIMARY KEY (period_id, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE box (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  holder TEXT NOT NULL,
  reference TEXT NOT NULL,
  reference2 TEXT,
  account TEXT,
  convention TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'deactivated', 'closed')),
  document INTEGER NOT NULL CHECK (document IN (0, 1)),
  business_register INTEGER NOT NULL CHECK (business_register IN (0, 1)),
  entitled INTEGER NOT NULL CHECK (entitled IN (0, 1)),
  language TEXT NOT NULL,
  expiry TEXT NOT NULL CHECK (expiry GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]')
, entitled_from TEXT CHECK (entitled_from GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'), entitled_to TEXT CHECK (entitled_to GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'), register_number TEXT) STRICT;
INSERT INTO "box" VALUES(1,'m.verdi@pec.medici.example','Marta Verdi','marta.verdi@posta.example',NULL,NULL,'medici','PEC MEDICI','active',1,0,1,'it','2026-03-31',NULL,NULL,'1234');
INSERT INTO "box" VALUES(2,'l.bianchi@pec.medici.example','Luca Bianchi','luca@studio.example','segreteria@studio.example','MED-001','medici','PEC MEDICI','active',0,0,1,'it','2026-04-30',NULL,NULL,NULL);
INSERT INTO "box" VALUES(3,'studio.neri@pec.avvocati.example','Studio Neri','neri@posta.example',NULL,'MED-002','avvocati','PEC AVVOCATI','active',1,1,1,'it','2026-05-29',NULL,NULL,NULL);
CREATE TABLE call (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('renew', 'deactivate', 'reactivate')),
  renewal_id INTEGER REFERENCES renewal (id),
  box_id INTEGER REFERENCES box (id),
  convention TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'sent', 'uncertain', 'failed', 'dropped')),
  due INTEGER NOT NULL,
  lease INTEGER,
  created INTEGER NOT NULL,
  done INTEGER NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  error TEXT, doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
  CHECK ((state = 'claimed') = (lease IS NOT NULL))
) STRICT;
INSERT INTO "call" VALUES(1,'renew-2026-000001','renew',1,1,'medici','queued',1772343600,NULL,1772340000,0,0,NULL,0);
CREATE TABLE dead_address (
  address TEXT NOT NULL PRIMARY KEY,
  letter_id INTEGER NOT NULL REFERENCES letter (id),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "dead_address" VALUES('marta.vecchia@posta.example',1,1774000000);
CREATE TABLE delivery (
  letter_id INTEGER NOT NULL REFERENCES letter (id),
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  inbox_id INTEGER REFERENCES inbox (id),
  code TEXT,
  why TEXT,
  back_on TEXT CHECK (back_on GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
  PRIMARY KEY (letter_id, state)
) STRICT, WITHOUT ROWID;
INSERT INTO "delivery" VALUES(1,'undeliverable',1774000000,1,'5.1.1','user unknown',NULL);
INSERT INTO "delivery" VALUES(2,'away',1774000000,NULL,NULL,NULL,'2026-04-07');
CREATE TABLE digest (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  day TEXT NOT NULL UNIQUE CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
  public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0 AND public_id < 1099511627776),
  at INTEGER NOT NULL
) STRICT;
INSERT INTO "digest" VALUES(1,'2026-11-27',814077932545,1795000000);
CREATE TABLE digest_case (
  digest_id INTEGER NOT NULL REFERENCES digest (id),
  n INTEGER NOT NULL CHECK (n > 0),
  inbox_id INTEGER NOT NULL,
  PRIMARY KEY (digest_id, n),
  UNIQUE (digest_id, inbox_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "digest_case" VALUES(1,1,1);
CREATE TABLE document (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  box_id INTEGER NOT NULL REFERENCES box (id),
  inbox_id INTEGER REFERENCES inbox (id),
  at INTEGER NOT NULL,
  name TEXT,
  kind TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('received', 'accepted', 'refused')),
  reason TEXT,
  size INTEGER NOT NULL,
  data BLOB NOT NULL,
  UNIQUE (box_id, sha256)
) STRICT;
INSERT INTO "document" VALUES(1,2,NULL,1772350000,'carta.pdf','pdf','aa','received',NULL,8,X'255044462D312E34');
CREATE TABLE expiry_decision (
  period_id INTEGER PRIMARY KEY REFERENCES period (id),
  decision TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE TABLE held_decision (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  inbox_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL
) STRICT;
INSERT INTO "held_decision" VALUES(1,1,1795003600,'admin:root','close');
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  rcpt TEXT NOT NULL,
  sender TEXT,
  message_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  queue_id TEXT,
  client TEXT,
  taken INTEGER NOT NULL,
  processed INTEGER NOT NULL,
  class TEXT,
  intent TEXT,
  typed_text TEXT,
  matched TEXT,
  author TEXT,
  proof TEXT,
  proof_why TEXT,
  rule TEXT,
  action TEXT,
  held INTEGER NOT NULL CHECK (held IN (0, 1)),
  box_id INTEGER REFERENCES box (id),
  period_id INTEGER REFERENCES period (id),
  renewal_id INTEGER REFERENCES renewal (id),
  raw BLOB, session TEXT NOT NULL DEFAULT 'none' CHECK (session IN ('none', 'bad', 'good')), helo TEXT, tls TEXT, login TEXT, raw_digest TEXT,
  UNIQUE (rcpt, message_id, digest)
) STRICT;
INSERT INTO "inbox" VALUES(1,'rinnovo@ordine.example','marta.verdi@posta.example','abc@posta.example','00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',NULL,NULL,1772330000,1772330001,'human','renew','RINNOVA',NULL,'marta.verdi@posta.example','normal',NULL,'good-token-normal-yes','go-on',0,1,1,NULL,X'46726F6D3A206D617274612E766572646940706F7374612E6578616D706C650D0A5375626A6563743A2052653A2053636164656E7A610D0A0D0A52494E4E4F56410D0A00','good','mail.posta.example','TLSv1.3','marta@posta.example',NULL);
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  convention TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq > 0),
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  why TEXT NOT NULL,
  box_id INTEGER NOT NULL,
  period_id INTEGER NOT NULL,
  renewal_id INTEGER NOT NULL,
  inbox_id INTEGER NOT NULL,
  letter_id INTEGER NOT NULL,
  detail_digest TEXT NOT NULL,
  digest TEXT NOT NULL, format INTEGER NOT NULL DEFAULT 1, inbox_digest TEXT NOT NULL DEFAULT '', letter_digest TEXT NOT NULL DEFAULT '',
  UNIQUE (convention, seq)
) STRICT;
INSERT INTO "ledger" VALUES(1,'medici',1,1772323200,'notify','notice 30 decided','due',1,1,0,0,1,'','0ac6475180197bd3c439b6c652718879a26a73f9e23b41bc35c10e76ee811faf',1,'','');
INSERT INTO "ledger" VALUES(2,'medici',2,1772330001,'member','order none->requested','good-token-normal-yes',1,1,1,1,0,'5cc01dd63b8d3543b93a7ff45adc3900c3d94cb91c42e814fd6d46bc170a00fd','fe672d02b9accbb9d0e4dda1dc80e3cfc86f2a6fafca0cef446c3bcd4b684bac',1,'','');
INSERT INTO "ledger" VALUES(3,'medici',3,1772340000,'member','order offered->accepted','good-token-normal-yes',1,1,1,0,0,'','fed4f620114ad8062247c880b91efc83eadab01a8b474e243e3b047f74f43909',1,'','');
INSERT INTO "ledger" VALUES(4,'medici',4,1772350000,'member','order none->declined','good-token-low-no',2,2,2,0,0,'2365a859dcf9cfe92ed31eb6b1c68f90e179c56c4b49ef64e93b7b9607413c3d','e65cadce2c2bd5adab5bd0b237db43bfda07155cd9838f071253e78ac969eeac',1,'','');
INSERT INTO "ledger" VALUES(5,'avvocati',1,1772350001,'admin:root','box imported','import',3,3,0,0,0,'','1f0bcc28b651fbfde5f0fcdebc4d37d3da1946a4119889498a378f90e3057a82',1,'','');
CREATE TABLE ledger_detail (
  ledger_id INTEGER PRIMARY KEY REFERENCES ledger (id),
  detail TEXT NOT NULL
) STRICT;
INSERT INTO "ledger_detail" VALUES(2,'RINNOVA, grazie mille; un caffè a tutti');
CREATE TABLE ledger_head (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  day TEXT NOT NULL UNIQUE CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
  at INTEGER NOT NULL,
  record TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  stamped INTEGER NOT NULL DEFAULT 0,
  authority TEXT,
  error TEXT,
  answer BLOB
) STRICT;
INSERT INTO "ledger_head" VALUES(1,'2026-03-01',1772360000,'rinnova-ledger-heads/1
2026-03-01
1 1f0bcc28b651fbfde5f0fcdebc4d37d3da1946a4119889498a378f90e3057a82 avvocati
4 e65cadce2c2bd5adab5bd0b237db43bfda07155cd9838f071253e78ac969eeac medici
',1772360000,0,0,NULL,NULL,NULL);
CREATE TABLE legal_hold (
  box_id INTEGER PRIMARY KEY REFERENCES box (id),
  reason TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT;
INSERT INTO "legal_hold" VALUES(1,'ricorso pendente',1795000000);
CREATE TABLE letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  step INTEGER NOT NULL,
  box_id INTEGER REFERENCES box (id),
  period_id INTEGER REFERENCES period (id),
  renewal_id INTEGER REFERENCES renewal (id),
  rcpt TEXT NOT NULL,
  sender TEXT NOT NULL,
  message_id TEXT NOT NULL,
  subject TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'sent', 'uncertain', 'failed', 'dropped')),
  due INTEGER NOT NULL,
  lease INTEGER,
  created INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  error TEXT,
  raw BLOB NOT NULL, raw_digest TEXT, quoted TEXT,
  CHECK ((state = 'claimed') = (lease IS NOT NULL))
) STRICT;
INSERT INTO "letter" VALUES(1,'period/1/notice/30/0','notice',30,1,1,NULL,'marta.verdi@posta.example','rinnovo@ordine.example','period/1/notice/30/0@ordine.example','Scadenza','sent',0,NULL,1000,1772323211,1,NULL,X'5375626A6563743A20706572696F642F312F6E6F746963652F33302F300D0A0D0A42756F6E67696F726E6F2E0D0A',NULL,'Buongiorno.');
INSERT INTO "letter" VALUES(2,'order/1/confirmation/0','confirmation',0,1,1,1,'anna.prova@posta.example','rinnovo@ordine.example','order/1/confirmation/0@ordine.example','Scadenza','queued',1772340001,NULL,1000,0,0,NULL,X'5375626A6563743A206F726465722F312F636F6E6669726D6174696F6E2F300D0A0D0A42756F6E67696F726E6F2E0D0A',NULL,NULL);
CREATE TABLE letter_row (
  letter_id INTEGER NOT NULL REFERENCES letter (id),
  n INTEGER NOT NULL CHECK (n > 0),
  period_public INTEGER NOT NULL,
  PRIMARY KEY (letter_id, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE letter_terms (
  letter_id INTEGER PRIMARY KEY REFERENCES letter (id),
  terms TEXT NOT NULL
) STRICT;
INSERT INTO "letter_terms" VALUES(1,'5f2c8a0e4b1d');
CREATE TABLE mark (
  box_id INTEGER NOT NULL PRIMARY KEY REFERENCES box (id),
  word TEXT NOT NULL,
  at INTEGER NOT NULL,
  inbox_id INTEGER
) STRICT;
INSERT INTO "mark" VALUES(1,'girasole',1795003600,1);
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('notify','2026-03-01');
CREATE TABLE notice (
  period_id INTEGER NOT NULL REFERENCES period (id),
  day INTEGER NOT NULL,
  decision TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (period_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO "notice" VALUES(1,30,'due',1772323200);
INSERT INTO "notice" VALUES(2,60,'due',1772323200);
CREATE TABLE order_number (
  year INTEGER PRIMARY KEY,
  last INTEGER NOT NULL CHECK (last > 0)
) STRICT;
INSERT INTO "order_number" VALUES(2026,1);
CREATE TABLE period (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  box_id INTEGER NOT NULL REFERENCES box (id),
  expiry TEXT NOT NULL CHECK (expiry GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
  public_id INTEGER NOT NULL UNIQUE CHECK (public_id > 0 AND public_id < 1099511627776),
  UNIQUE (box_id, expiry)
) STRICT;
INSERT INTO "period" VALUES(1,1,'2026-03-31',428804315258);
INSERT INTO "period" VALUES(2,2,'2026-04-30',479825023162);
INSERT INTO "period" VALUES(3,3,'2026-05-29',958194785585);
CREATE TABLE registered (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  inbox_id INTEGER NOT NULL UNIQUE REFERENCES inbox (id),
  letter_id INTEGER REFERENCES letter (id),
  kind TEXT NOT NULL,
  signature TEXT NOT NULL CHECK (signature IN ('missing', 'valid', 'invalid', 'untrusted')),
  fault TEXT,
  provider TEXT,
  certificate TEXT,
  mittente TEXT,
  identificativo TEXT,
  msgid TEXT,
  rcpt TEXT NOT NULL,
  consegna TEXT,
  code TEXT,
  certified INTEGER NOT NULL CHECK (certified IN (0, 1)),
  at INTEGER NOT NULL
) STRICT;
INSERT INTO "registered" VALUES(1,1,1,'avvenuta-consegna','valid',NULL,'Gestore di prova','ab12','rinnovo@ordine.example','opec1.1@gestore.example','n1@ordine.example','m.verdi@pec.medici.example','completa',NULL,1,1774000000);
CREATE TABLE renewal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  box_id INTEGER NOT NULL REFERENCES box (id),
  period_id INTEGER NOT NULL REFERENCES period (id),
  convention TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('requested', 'document', 'offered', 'accepted', 'renewed', 'declined',
    'cancelled', 'lapsed', 'failed')),
  number TEXT UNIQUE,
  account TEXT,
  payer TEXT,
  price INTEGER NOT NULL,
  vat INTEGER NOT NULL,
  term INTEGER NOT NULL,
  old_expiry TEXT CHECK (old_expiry GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
  new_expiry TEXT CHECK (new_expiry GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]'),
  proof TEXT NOT NULL CHECK (proof IN ('none', 'failed', 'low', 'normal', 'strong')),
  words TEXT,
  requested INTEGER NOT NULL,
  offered INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  ended INTEGER NOT NULL, reference TEXT, offer INTEGER NOT NULL DEFAULT 0 CHECK (offer >= 0), terms TEXT,
  CHECK (number IS NOT NULL OR state NOT IN ('accepted', 'renewed', 'failed'))
) STRICT;
INSERT INTO "renewal" VALUES(1,1,1,'medici','accepted','2026-000001',NULL,'Ordine di Prova',1220,22,36,'2026-03-31','2029-03-31','normal','ACCETTO',1772330001,0,1772340000,0,'T-1',1,'c0ffee');
INSERT INTO "renewal" VALUES(2,2,2,'medici','declined',NULL,NULL,'Ordine di Prova',1220,22,36,'2026-04-30',NULL,'normal',NULL,1000,0,0,1772350000,NULL,0,NULL);
CREATE INDEX box_expiry ON box (expiry);
CREATE INDEX box_reference ON box (reference);
CREATE INDEX box_reference2 ON box (reference2) WHERE reference2 IS NOT NULL;
CREATE UNIQUE INDEX renewal_open ON renewal (period_id) WHERE state IN ('requested', 'document', 'offered');
CREATE UNIQUE INDEX renewal_concluded ON renewal (period_id) WHERE state IN ('accepted', 'renewed', 'failed');
CREATE INDEX renewal_period ON renewal (period_id, id);
CREATE INDEX renewal_box ON renewal (box_id, id);
CREATE INDEX letter_due ON letter (due, id) WHERE state = 'queued';
CREATE INDEX letter_lease ON letter (lease, id) WHERE state = 'claimed';
CREATE INDEX letter_message ON letter (message_id);
CREATE INDEX letter_period ON letter (period_id, id);
CREATE INDEX letter_box ON letter (box_id, id);
CREATE INDEX call_due ON call (due, id) WHERE state = 'queued';
CREATE INDEX call_lease ON call (lease, id) WHERE state = 'claimed';
CREATE INDEX call_renewal ON call (renewal_id, id);
CREATE INDEX inbox_held ON inbox (id) WHERE held = 1;
CREATE INDEX inbox_box ON inbox (box_id, id) WHERE box_id IS NOT NULL;
CREATE INDEX ledger_box ON ledger (box_id, id);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'a row of the ledger is never deleted'); END;
CREATE INDEX box_convention ON box (convention, expiry);
CREATE INDEX renewal_accepted ON renewal (convention, accepted);
CREATE INDEX letter_rcpt ON letter (rcpt, created);
CREATE INDEX inbox_message ON inbox (message_id, digest);
CREATE UNIQUE INDEX registered_once ON registered (identificativo, rcpt) WHERE kind = 'posta-certificata' AND fault IS NULL;
CREATE INDEX registered_number ON registered (identificativo) WHERE identificativo IS NOT NULL;
CREATE INDEX registered_letter ON registered (letter_id, id) WHERE letter_id IS NOT NULL;
CREATE INDEX inbox_junk ON inbox (id) WHERE action = 'junk' AND held = 0 AND box_id IS NULL;
CREATE INDEX document_inbox ON document (inbox_id);
CREATE INDEX held_decision_inbox ON held_decision (inbox_id, id);
CREATE INDEX call_box ON call (box_id, id) WHERE box_id IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('box',3);
INSERT INTO "sqlite_sequence" VALUES('period',3);
INSERT INTO "sqlite_sequence" VALUES('letter',2);
INSERT INTO "sqlite_sequence" VALUES('ledger',5);
INSERT INTO "sqlite_sequence" VALUES('inbox',1);
INSERT INTO "sqlite_sequence" VALUES('renewal',2);
INSERT INTO "sqlite_sequence" VALUES('call',1);
INSERT INTO "sqlite_sequence" VALUES('document',1);
INSERT INTO "sqlite_sequence" VALUES('registered',1);
INSERT INTO "sqlite_sequence" VALUES('ledger_head',1);
INSERT INTO "sqlite_sequence" VALUES('digest',1);
INSERT INTO "sqlite_sequence" VALUES('held_decision',1);
COMMIT;
