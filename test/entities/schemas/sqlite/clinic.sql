-- The program of a group practice: began in 1998 as a desktop database, moved to SQLite in 2009, grown by three vendors since.

-- 1998: tables as they came over from the desktop, types and all.
CREATE TABLE tblSettings (
  SettingKey VARCHAR(64) NOT NULL PRIMARY KEY,
  SettingValue,
  Scope CHAR(1) DEFAULT 'G',
  LastChanged DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE tblTitle (TitleID INTEGER PRIMARY KEY, Title NVARCHAR(20) NOT NULL UNIQUE COLLATE NOCASE, SortOrder SMALLINT DEFAULT 0);
CREATE TABLE tblCountry (Code CHAR(2) PRIMARY KEY NOT NULL, Name VARCHAR(80) NOT NULL, DialPrefix VARCHAR(6), IsEU YESNO DEFAULT -1) WITHOUT ROWID;
CREATE TABLE tblPostcode (
  Country CHAR(2) NOT NULL REFERENCES tblCountry,
  Postcode VARCHAR(10) NOT NULL,
  Ort NVARCHAR(80) NOT NULL COLLATE NOCASE,
  Gemeinde NVARCHAR(80),
  PRIMARY KEY (Country, Postcode, Ort)
) WITHOUT ROWID;
CREATE TABLE tblInsurer (
  InsurerID INTEGER PRIMARY KEY AUTOINCREMENT,
  Name NVARCHAR(120) NOT NULL,
  EAN CHAR(13) UNIQUE,
  ParentInsurer INTEGER REFERENCES tblInsurer (InsurerID) ON DELETE SET NULL,
  [E-Mail] VARCHAR(255),
  [Street / No.] NVARCHAR(120),
  Country CHAR(2) DEFAULT 'CH',
  Postcode VARCHAR(10),
  Town NVARCHAR(80),
  TiersPayant BIT NOT NULL DEFAULT 0,
  DiscountPct FLOAT DEFAULT .5,
  Memo MEMO,
  FOREIGN KEY (Country, Postcode, Town) REFERENCES tblPostcode
);
CREATE TABLE tblPatient (
  PatientID INTEGER PRIMARY KEY AUTOINCREMENT,
  PatientNo VARCHAR(12) NOT NULL UNIQUE,
  TitleID INTEGER REFERENCES tblTitle (TitleID),
  LastName NVARCHAR(60) NOT NULL COLLATE NOCASE,
  FirstName NVARCHAR(60) COLLATE NOCASE,
  MaidenName NVARCHAR(60),
  BirthDate DATE,
  Sex CHAR(1) CHECK (Sex IN ('m', 'f', 'x', '?')),
  AHVNr VARCHAR(16) CONSTRAINT ahv_form CHECK (AHVNr IS NULL OR AHVNr GLOB '756.[0-9][0-9][0-9][0-9].[0-9][0-9][0-9][0-9].[0-9][0-9]'),
  Mother INTEGER REFERENCES tblPatient ON DELETE SET NULL,
  Father INTEGER REFERENCES tblPatient ON DELETE SET NULL,
  FamilyDoctor INTEGER REFERENCES tblPhysician (PhysicianID),
  MainInsurance INTEGER REFERENCES tblPolicy (PolicyID) DEFERRABLE INITIALLY DEFERRED,
  Balance CURRENCY NOT NULL DEFAULT 0,
  Photo IMAGE,
  Größe_cm REAL CHECK (Größe_cm BETWEEN 20 AND 260),
  Gewicht_kg REAL,
  BMI REAL GENERATED ALWAYS AS (Gewicht_kg / ((Größe_cm / 100) * (Größe_cm / 100))) VIRTUAL,
  DisplayName TEXT AS (LastName || ', ' || coalesce(FirstName, '')) STORED,
  Deceased DATE,
  Remark TEXT DEFAULT '',
  GUID UNIQUEIDENTIFIER,
  Created DATETIME NOT NULL DEFAULT (datetime('now', 'localtime')),
  CreatedBy VARCHAR(20) DEFAULT 'SYSTEM'
);
CREATE INDEX idxPatientName ON tblPatient (LastName, FirstName COLLATE NOCASE, BirthDate DESC);
CREATE UNIQUE INDEX idxPatientAhv ON tblPatient (AHVNr) WHERE AHVNr IS NOT NULL;
CREATE INDEX "idx Patient phonetic" ON tblPatient (substr(upper(LastName), 1, 4), BirthDate);
CREATE INDEX idxPatientAlive ON tblPatient (FamilyDoctor) WHERE Deceased IS NULL AND CreatedBy <> 'import (old)';
CREATE TABLE tblPhysician (
  PhysicianID INTEGER PRIMARY KEY,
  UserLogin VARCHAR(20) REFERENCES tblUser (Login) ON UPDATE CASCADE,
  LastName NVARCHAR(60) NOT NULL,
  FirstName NVARCHAR(60),
  GLN CHAR(13),
  ZSR VARCHAR(10),
  Speciality INTEGER,
  Deputy INTEGER REFERENCES tblPhysician,
  "Signature" OLEOBJECT,
  CONSTRAINT gln_is_unique UNIQUE (GLN),
  CONSTRAINT "speciality of physician" FOREIGN KEY (Speciality) REFERENCES tblSpeciality (SpecialityID) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE TABLE tblSpeciality (SpecialityID INTEGER PRIMARY KEY, Bezeichnung NVARCHAR(100) NOT NULL, Désignation NVARCHAR(100), Designazione NVARCHAR(100));
CREATE TABLE tblUser (
  Login VARCHAR(20) NOT NULL PRIMARY KEY COLLATE NOCASE,
  PwdHash CHAR(32),
  PwdHash2 BLOB,
  Salt BLOB DEFAULT x'00',
  Level TINYINT NOT NULL DEFAULT 1 CHECK (Level >= 0 AND Level <= 9),
  Active LOGICAL DEFAULT TRUE,
  FailedLogins INT DEFAULT +0,
  LastLogin TIMESTAMP,
  Language VARCHAR(5) DEFAULT "de-CH"
);
CREATE TABLE tblGroup (GroupID INTEGER PRIMARY KEY, "group" VARCHAR(30) NOT NULL UNIQUE, "order" INTEGER DEFAULT 0);
CREATE TABLE tblUserGroup (Login VARCHAR(20) NOT NULL, GroupID INTEGER NOT NULL, PRIMARY KEY (Login, GroupID),
  FOREIGN KEY (Login) REFERENCES tblUser ON DELETE CASCADE ON UPDATE CASCADE, FOREIGN KEY (GroupID) REFERENCES tblGroup ON DELETE CASCADE);
CREATE TABLE tblPolicy (
  PolicyID INTEGER PRIMARY KEY AUTOINCREMENT,
  PatientID INTEGER NOT NULL REFERENCES tblPatient ON DELETE CASCADE,
  InsurerID INTEGER NOT NULL REFERENCES tblInsurer ON DELETE RESTRICT,
  Kind VARCHAR(4) NOT NULL DEFAULT 'KVG' CHECK (Kind IN ('KVG', 'UVG', 'IVG', 'MVG', 'VVG')),
  PolicyNo VARCHAR(30),
  CardNo DECIMAL(20),
  ValidFrom DATE NOT NULL DEFAULT CURRENT_DATE,
  ValidTo DATE DEFAULT '9999-12-31',
  Franchise NUMERIC(8,2) DEFAULT 300.00,
  CHECK (ValidFrom <= ValidTo),
  UNIQUE (PatientID, InsurerID, Kind, ValidFrom)
);
CREATE INDEX idxPolicyCurrent ON tblPolicy (PatientID, Kind) WHERE ValidTo = '9999-12-31';
CREATE TABLE tblRoom (RoomNo VARCHAR(8) PRIMARY KEY, Floor INTEGER DEFAULT -1, Beschreibung NVARCHAR(100), "HasX-Ray" BOOLEAN DEFAULT 0);
CREATE TABLE tblApptType (
  TypeID INTEGER PRIMARY KEY, Name NVARCHAR(40) NOT NULL, Minutes SMALLINT NOT NULL DEFAULT 15 CHECK (Minutes % 5 = 0),
  Colour INTEGER DEFAULT 0x00FF7F, Icon VARCHAR(40) DEFAULT 'it''s.ico'
);
CREATE TABLE tblAppt (
  ApptID INTEGER PRIMARY KEY AUTOINCREMENT,
  PatientID INTEGER REFERENCES tblPatient ON DELETE CASCADE,
  PhysicianID INTEGER NOT NULL REFERENCES tblPhysician,
  RoomNo VARCHAR(8) REFERENCES tblRoom ON UPDATE CASCADE ON DELETE SET NULL,
  TypeID INTEGER REFERENCES tblApptType ON DELETE SET DEFAULT,
  StartsAt DATETIME NOT NULL,
  EndsAt DATETIME NOT NULL,
  Status TEXT NOT NULL DEFAULT 'planned' CHECK (Status IN ('planned', 'confirmed', 'arrived', 'no-show', 'done', 'cancelled')),
  SeriesID INTEGER REFERENCES tblApptSeries (SeriesID) ON DELETE CASCADE,
  Note NTEXT,
  Reminded BOOLEAN NOT NULL DEFAULT FALSE,
  CONSTRAINT ends_after_start CHECK (EndsAt > StartsAt)
);
CREATE INDEX idxApptDay ON tblAppt (date(StartsAt), PhysicianID);
CREATE UNIQUE INDEX idxApptSlot ON tblAppt (PhysicianID, StartsAt) WHERE Status NOT IN ('cancelled', 'no-show');
CREATE TABLE tblApptSeries (
  SeriesID INTEGER PRIMARY KEY, FirstAppt INTEGER REFERENCES tblAppt (ApptID) DEFERRABLE INITIALLY DEFERRED,
  Rule TEXT NOT NULL, Until DATE, Exceptions JSON DEFAULT '[]'
);
CREATE TABLE tblAbsence (
  PhysicianID INTEGER NOT NULL REFERENCES tblPhysician ON DELETE CASCADE, FromDay DATE NOT NULL, ToDay DATE NOT NULL,
  Reason, PRIMARY KEY (PhysicianID, FromDay DESC), CHECK (ToDay >= FromDay)
);

-- Medical records, 2003.
CREATE TABLE tblCase (
  CaseID INTEGER PRIMARY KEY AUTOINCREMENT,
  PatientID INTEGER NOT NULL REFERENCES tblPatient ON DELETE CASCADE,
  PolicyID INTEGER REFERENCES tblPolicy,
  Opened DATE NOT NULL DEFAULT CURRENT_DATE,
  Closed DATE,
  Law VARCHAR(3) NOT NULL DEFAULT 'KVG',
  AccidentDate DATE,
  AccidentNo VARCHAR(30),
  CHECK (Law <> 'UVG' OR AccidentDate IS NOT NULL)
);
CREATE TABLE tblIcd10 (
  Code VARCHAR(8) PRIMARY KEY NOT NULL, Version INTEGER NOT NULL DEFAULT 2010, ParentCode VARCHAR(8) REFERENCES tblIcd10 (Code),
  Text_de NVARCHAR(255) NOT NULL, Text_fr NVARCHAR(255), "dagger/asterisk" CHAR(1) CHECK ("dagger/asterisk" IN ('†', '*', '!'))
) WITHOUT ROWID;
CREATE TABLE tblDiagnosis (
  CaseID INTEGER NOT NULL REFERENCES tblCase ON DELETE CASCADE, LineNo INTEGER NOT NULL, Code VARCHAR(8) REFERENCES tblIcd10,
  FreeText TEXT, Certainty CHAR(1) DEFAULT 'G' CHECK (Certainty IN ('G','V','A','Z')), Side CHAR(1), SetBy INTEGER REFERENCES tblPhysician,
  PRIMARY KEY (CaseID, LineNo)
);
CREATE TABLE tblConsultation (
  ConsultationID INTEGER PRIMARY KEY AUTOINCREMENT,
  CaseID INTEGER NOT NULL REFERENCES tblCase ON DELETE CASCADE,
  ApptID INTEGER UNIQUE REFERENCES tblAppt ON DELETE SET NULL,
  PhysicianID INTEGER NOT NULL REFERENCES tblPhysician,
  At DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  Subjective MEMO, Objective MEMO, Assessment MEMO, Plan MEMO,
  RTF BLOB,
  Locked INTEGER NOT NULL DEFAULT 0,
  Previous INTEGER REFERENCES tblConsultation
);
CREATE INDEX idxConsultationCase ON tblConsultation (CaseID, At DESC);
CREATE TABLE tblVital (
  VitalID INTEGER PRIMARY KEY, ConsultationID INTEGER REFERENCES tblConsultation ON DELETE CASCADE, Kind VARCHAR(10) NOT NULL,
  Value NUMERIC, Value2 NUMERIC, Unit VARCHAR(12), MeasuredAt REAL DEFAULT (julianday('now'))
);
CREATE TABLE tblAllergy (
  PatientID INTEGER NOT NULL REFERENCES tblPatient ON DELETE CASCADE, Substance NVARCHAR(100) NOT NULL COLLATE NOCASE, Severity SMALLINT DEFAULT -1,
  Since YEAR, PRIMARY KEY (PatientID, Substance)
);
CREATE TABLE tblVaccine (VaccineID INTEGER PRIMARY KEY, Name NVARCHAR(60) NOT NULL, Manufacturer NVARCHAR(60), CVX SMALLINT, Valid_Months INTEGER);
CREATE TABLE tblVaccination (
  PatientID INTEGER NOT NULL REFERENCES tblPatient ON DELETE CASCADE, VaccineID INTEGER NOT NULL REFERENCES tblVaccine, Dose TINYINT NOT NULL DEFAULT 1,
  GivenOn DATE, Lot VARCHAR(20), By INTEGER REFERENCES tblPhysician, PRIMARY KEY (PatientID, VaccineID, Dose)
) WITHOUT ROWID;
CREATE TABLE tblDrug (
  Pharmacode INTEGER NOT NULL PRIMARY KEY, GTIN VARCHAR(14) UNIQUE, Name NVARCHAR(150) NOT NULL, ATC VARCHAR(7), List CHAR(1),
  PublicPrice DECIMAL(10,2) CHECK (PublicPrice >= 0), FactoryPrice DECIMAL(10,2), InStock BOOLEAN, Narcotic BOOLEAN NOT NULL DEFAULT 0,
  CHECK (FactoryPrice IS NULL OR FactoryPrice <= PublicPrice)
);
CREATE TABLE tblInteraction (
  DrugA INTEGER NOT NULL REFERENCES tblDrug ON DELETE CASCADE, DrugB INTEGER NOT NULL REFERENCES tblDrug ON DELETE CASCADE,
  Level TINYINT NOT NULL, Text MEMO, PRIMARY KEY (DrugA, DrugB), CHECK (DrugA < DrugB)
) WITHOUT ROWID;
CREATE TABLE tblPrescription (
  PrescriptionID INTEGER PRIMARY KEY AUTOINCREMENT, ConsultationID INTEGER NOT NULL REFERENCES tblConsultation ON DELETE CASCADE,
  Issued DATETIME DEFAULT CURRENT_TIMESTAMP, Repeat TINYINT DEFAULT 0, Printed BOOLEAN DEFAULT 0, QR TEXT
);
CREATE TABLE tblPrescriptionLine (
  PrescriptionID INTEGER NOT NULL REFERENCES tblPrescription ON DELETE CASCADE, Pos INTEGER NOT NULL, Pharmacode INTEGER REFERENCES tblDrug,
  Morning DECIMAL(4,2) DEFAULT 0, Noon DECIMAL(4,2) DEFAULT 0, Evening DECIMAL(4,2) DEFAULT 0, Night DECIMAL(4,2) DEFAULT 0,
  PerDay REAL AS (Morning + Noon + Evening + Night), Instruction NVARCHAR(255), PRIMARY KEY (PrescriptionID, Pos)
);
CREATE TABLE tblLabParameter (
  ParameterID INTEGER PRIMARY KEY, Kürzel VARCHAR(12) NOT NULL UNIQUE, Name NVARCHAR(80) NOT NULL, Unit VARCHAR(20),
  RefMin_m REAL, RefMax_m REAL, RefMin_f REAL, RefMax_f REAL, LOINC VARCHAR(10), Formula TEXT, Decimals INT DEFAULT 2
);
CREATE TABLE tblLabOrder (
  OrderID INTEGER PRIMARY KEY AUTOINCREMENT, PatientID INTEGER NOT NULL REFERENCES tblPatient, ConsultationID INTEGER REFERENCES tblConsultation,
  Lab INTEGER REFERENCES tblContact (ContactID), Ordered DATETIME DEFAULT CURRENT_TIMESTAMP, Barcode VARCHAR(20) UNIQUE ON CONFLICT IGNORE, HL7 CLOB
);
CREATE TABLE tblLabResult (
  OrderID INTEGER NOT NULL REFERENCES tblLabOrder ON DELETE CASCADE, ParameterID INTEGER NOT NULL REFERENCES tblLabParameter, At DATETIME NOT NULL,
  Result VARCHAR(40), Numeric_Value REAL, Flag VARCHAR(2) CHECK (Flag IN ('', 'L', 'LL', 'H', 'HH')), Comment TEXT,
  PRIMARY KEY (OrderID, ParameterID, At)
);
CREATE INDEX idxLabResultOdd ON tblLabResult (ParameterID, Numeric_Value) WHERE Flag <> '' AND Numeric_Value IS NOT NULL;
CREATE TABLE tblDocument (
  DocumentID INTEGER PRIMARY KEY AUTOINCREMENT, PatientID INTEGER REFERENCES tblPatient ON DELETE CASCADE, Title NVARCHAR(200), Path VARCHAR(260),
  Content LONGBLOB, Size INTEGER AS (length(Content)) VIRTUAL, Mime VARCHAR(80) DEFAULT 'application/octet-stream', Sha1 BINARY(20), Supersedes INTEGER REFERENCES tblDocument
);
CREATE TABLE tblDocumentTag (DocumentID INTEGER NOT NULL REFERENCES tblDocument ON DELETE CASCADE, Tag TEXT NOT NULL COLLATE RTRIM, UNIQUE (DocumentID, Tag) ON CONFLICT REPLACE);
CREATE TABLE tblContact (
  ContactID INTEGER PRIMARY KEY, Kind INTEGER DEFAULT 0, Name NVARCHAR(120), "Fon (G)" VARCHAR(30), "Fon (P)" VARCHAR(30), Fax VARCHAR(30), [Web-Site] VARCHAR(255)
);
CREATE TABLE tblReferral (
  ReferralID INTEGER PRIMARY KEY AUTOINCREMENT, CaseID INTEGER NOT NULL REFERENCES tblCase ON DELETE CASCADE, "From" INTEGER REFERENCES tblContact,
  "To" INTEGER NOT NULL REFERENCES tblContact, Sent DATE, Answer INTEGER REFERENCES tblDocument ON DELETE SET NULL, Urgent BOOLEAN DEFAULT FALSE
);
CREATE TABLE tblXRay (
  XRayID INTEGER PRIMARY KEY, PatientID INTEGER NOT NULL REFERENCES tblPatient, Region NVARCHAR(60), kV SMALLINT, mAs REAL, [µGy·m²] REAL, TakenAt DATETIME,
  StudyUID VARCHAR(64) UNIQUE, Room VARCHAR(8) REFERENCES tblRoom
);

-- Billing, 2004 (the tariff of that year), and accounting, 2011.
CREATE TABLE tblTariff (TariffID VARCHAR(3) PRIMARY KEY NOT NULL, Name NVARCHAR(60), PointValue NUMERIC(6,4) NOT NULL DEFAULT 0.89, ValidFrom DATE) WITHOUT ROWID;
CREATE TABLE tblTariffItem (
  TariffID VARCHAR(3) NOT NULL REFERENCES tblTariff ON UPDATE CASCADE, Code VARCHAR(12) NOT NULL, Version DATE NOT NULL DEFAULT '2004-01-01',
  Text NVARCHAR(255) NOT NULL, AL NUMERIC(9,2) DEFAULT 0, TL NUMERIC(9,2) DEFAULT 0, Total NUMERIC(9,2) GENERATED ALWAYS AS (AL + TL) STORED,
  Minutes INTEGER, Rules XML, PRIMARY KEY (TariffID, Code, Version)
);
CREATE TABLE tblService (
  ServiceID INTEGER PRIMARY KEY AUTOINCREMENT, ConsultationID INTEGER NOT NULL REFERENCES tblConsultation ON DELETE CASCADE, TariffID VARCHAR(3) NOT NULL,
  Code VARCHAR(12) NOT NULL, Version DATE NOT NULL, Qty DECIMAL(8,2) NOT NULL DEFAULT 1, Factor REAL DEFAULT 1.0, InvoiceID INTEGER REFERENCES tblInvoice ON DELETE SET NULL,
  FOREIGN KEY (TariffID, Code, Version) REFERENCES tblTariffItem (TariffID, Code, Version) ON UPDATE CASCADE
);
CREATE INDEX idxServiceOpen ON tblService (ConsultationID) WHERE InvoiceID IS NULL;
CREATE TABLE tblInvoice (
  InvoiceID INTEGER PRIMARY KEY AUTOINCREMENT, CaseID INTEGER NOT NULL REFERENCES tblCase, InvoiceNo VARCHAR(20) NOT NULL UNIQUE, Issued DATE NOT NULL DEFAULT CURRENT_DATE,
  Due DATE NOT NULL DEFAULT (date('now', '+30 days')), Amount CURRENCY NOT NULL, Paid CURRENCY NOT NULL DEFAULT 0.0, Open CURRENCY AS (Amount - Paid),
  Reminders TINYINT NOT NULL DEFAULT 0, Reference VARCHAR(27), Xml45 CLOB, State CHAR(1) NOT NULL DEFAULT 'o',
  CHECK (State IN ('o', 'p', 'r', 'x')), CHECK (Paid <= Amount), CHECK (length(Reference) = 27)
);
CREATE TABLE tblPayment (
  PaymentID INTEGER PRIMARY KEY AUTOINCREMENT, InvoiceID INTEGER REFERENCES tblInvoice, BookedOn DATE NOT NULL, Valuta DATE, Amount NUMERIC(12,2) NOT NULL CHECK (Amount <> 0),
  Source VARCHAR(10) DEFAULT 'ESR', Raw TEXT, Entry INTEGER REFERENCES acc_entry (id)
);
CREATE TABLE tblReminder (InvoiceID INTEGER NOT NULL REFERENCES tblInvoice ON DELETE CASCADE, Level TINYINT NOT NULL, SentOn DATE, Fee MONEY DEFAULT 20, PRIMARY KEY (InvoiceID, Level));
CREATE TABLE acc_account (id INTEGER PRIMARY KEY, number VARCHAR(8) NOT NULL UNIQUE, name NVARCHAR(80) NOT NULL, parent_id INTEGER REFERENCES acc_account (id) ON DELETE RESTRICT, kind TEXT NOT NULL CHECK (kind IN ('asset','liability','income','expense')), is_locked INT NOT NULL DEFAULT 0 CHECK (is_locked IN (0, 1)));
CREATE TABLE acc_period (year INTEGER NOT NULL, month INTEGER NOT NULL CHECK (month BETWEEN 1 AND 12), closed_at DATETIME, closed_by VARCHAR(20) REFERENCES tblUser, PRIMARY KEY (year, month)) WITHOUT ROWID;
CREATE TABLE acc_entry (
  id INTEGER PRIMARY KEY, year INTEGER NOT NULL, month INTEGER NOT NULL, booked_at DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), text NVARCHAR(255), voucher VARCHAR(20),
  reverses INTEGER UNIQUE REFERENCES acc_entry, FOREIGN KEY (year, month) REFERENCES acc_period
);
CREATE TABLE acc_line (entry_id INTEGER NOT NULL REFERENCES acc_entry ON DELETE CASCADE, line INTEGER NOT NULL, account_id INTEGER NOT NULL REFERENCES acc_account, debit NUMERIC(14,2) NOT NULL DEFAULT 0, credit NUMERIC(14,2) NOT NULL DEFAULT 0, vat_code VARCHAR(4) DEFAULT NULL, PRIMARY KEY (entry_id, line), CHECK ((debit = 0) <> (credit = 0)));

-- The second vendor, 2015: snake case, JSON, soft deletes; and synchronisation of mobile clients.
CREATE TABLE sync_client (id TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))), name TEXT NOT NULL, last_seen INTEGER DEFAULT (unixepoch()), revoked BOOLEAN NOT NULL DEFAULT (1 = 0));
CREATE TABLE sync_change (seq INTEGER PRIMARY KEY AUTOINCREMENT, client_id TEXT REFERENCES sync_client ON DELETE CASCADE, "table" TEXT NOT NULL, row_id ANY, op TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete')), payload JSON, at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)));
CREATE TABLE sync_cursor (client_id TEXT NOT NULL REFERENCES sync_client ON DELETE CASCADE, "table" TEXT NOT NULL, seq INTEGER NOT NULL DEFAULT 0 REFERENCES sync_change (seq), PRIMARY KEY (client_id, "table")) WITHOUT ROWID;
CREATE TABLE form_template (id INTEGER PRIMARY KEY, key TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, definition TEXT NOT NULL DEFAULT '{"fields":[],"title":"it''s new"}' CHECK (json_valid(definition)), created_at DATETIME DEFAULT CURRENT_TIMESTAMP, deleted_at DATETIME, UNIQUE (key, version));
CREATE TABLE form_answer (id INTEGER PRIMARY KEY, template_id INTEGER NOT NULL REFERENCES form_template, patient_id INTEGER NOT NULL REFERENCES tblPatient (PatientID), answers TEXT NOT NULL, score REAL AS (json_extract(answers, '$.score')), signed_at DATETIME, deleted_at DATETIME);
CREATE INDEX form_answer_score ON form_answer (json_extract(answers, '$.score') DESC) WHERE deleted_at IS NULL;
CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT NOT NULL, assignee VARCHAR(20) REFERENCES tblUser (Login) ON UPDATE CASCADE ON DELETE SET NULL, parent_id INTEGER, due DATE, priority INTEGER NOT NULL DEFAULT (-1), done_at DATETIME, CONSTRAINT task_parent FOREIGN KEY (parent_id) REFERENCES task (id) ON DELETE CASCADE);
CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, thread_id INTEGER NOT NULL, "from" TEXT NOT NULL, "to" TEXT NOT NULL, body TEXT, sent_at DATETIME DEFAULT CURRENT_TIMESTAMP, read_at DATETIME, CHECK ("from" <> "to"));
CREATE INDEX message_unread ON message ("to", sent_at DESC) WHERE read_at IS NULL;
CREATE TABLE audit_log (id INTEGER PRIMARY KEY, at DATETIME DEFAULT CURRENT_TIMESTAMP, who, what TEXT, "before" JSON, "after" JSON);
CREATE TABLE feature_flag (name TEXT PRIMARY KEY, enabled INT CHECK (enabled IN (0,1)), note) WITHOUT ROWID;
CREATE TABLE holiday (day DATE NOT NULL, canton TEXT NOT NULL DEFAULT '*', name TEXT NOT NULL, "half-day" BOOLEAN NOT NULL DEFAULT 0, PRIMARY KEY (day, canton)) WITHOUT ROWID;

-- The third vendor, 2022: strict tables.
CREATE TABLE device (
  id INTEGER PRIMARY KEY,
  serial TEXT NOT NULL UNIQUE,
  model TEXT NOT NULL DEFAULT 'unknown',
  calibrated_at INTEGER,
  firmware BLOB,
  factor REAL NOT NULL DEFAULT 1.5e-3,
  anything ANY
) STRICT;
CREATE TABLE device_reading (
  device_id INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
  at INTEGER NOT NULL,
  value REAL NOT NULL,
  unit TEXT NOT NULL DEFAULT 'mmol/l',
  PRIMARY KEY (device_id, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE consent (id INTEGER PRIMARY KEY, patient_id INTEGER NOT NULL REFERENCES tblPatient (PatientID) ON DELETE CASCADE, purpose TEXT NOT NULL CHECK (purpose IN ('research', 'marketing', 'sharing')), given_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, withdrawn_at TEXT, UNIQUE (patient_id, purpose)) STRICT;

-- What is left behind: a copy without keys, a table that nobody knows, one with an odd name.
CREATE TABLE tblPatient_backup_2013 AS SELECT PatientID, PatientNo, LastName, BirthDate, Balance * 2 AS doubled FROM tblPatient WHERE 0;
CREATE TABLE "Kopie von tblRoom" (RoomNo VARCHAR(8), Floor INTEGER, "Beschreibung" NVARCHAR(100), "a ""quoted"" one" TEXT, 'single' TEXT, [br:ack] INT);
CREATE TABLE tmp1 (a, b, c);

CREATE VIRTUAL TABLE note_search USING fts5(Subjective, Assessment, content='tblConsultation', content_rowid='ConsultationID');
CREATE VIRTUAL TABLE document_terms USING fts4(title, body, tokenize=unicode61);
CREATE VIRTUAL TABLE room_areas USING rtree(id, minX, maxX, minY, maxY);

CREATE VIEW vwPatientShort AS SELECT PatientID, PatientNo, DisplayName AS "Name", BirthDate, Sex FROM tblPatient WHERE Deceased IS NULL;
CREATE VIEW vwOpenInvoices AS
  SELECT i.InvoiceID, i.InvoiceNo, p."Name", i.Amount - i.Paid AS Outstanding, julianday('now') - julianday(i.Due) AS DaysLate
  FROM tblInvoice AS i JOIN tblCase AS c ON c.CaseID = i.CaseID JOIN vwPatientShort AS p USING (PatientID) WHERE i.State = 'o';
CREATE VIEW vwLateInvoices (Invoice, Who, "How much") AS SELECT InvoiceNo, "Name", Outstanding FROM vwOpenInvoices WHERE DaysLate > 30;
CREATE VIEW "vw Ärzte" AS SELECT l.*, s.Bezeichnung FROM tblPhysician l LEFT JOIN tblSpeciality s ON s.SpecialityID = l.Speciality;
CREATE VIEW vwBalance AS WITH RECURSIVE tree (id, root) AS (SELECT id, id FROM acc_account WHERE parent_id IS NULL UNION ALL SELECT a.id, t.root FROM acc_account a JOIN tree t ON a.parent_id = t.id)
  SELECT t.root, sum(l.debit) - sum(l.credit) AS balance FROM tree t JOIN acc_line l ON l.account_id = t.id GROUP BY t.root;
CREATE VIEW vwGone AS SELECT OldColumn FROM tblPatientOld;

CREATE TRIGGER trgPatientAudit AFTER UPDATE OF LastName, FirstName, BirthDate ON tblPatient
BEGIN
  INSERT INTO audit_log (who, what, "before", "after") VALUES (new.CreatedBy, 'patient;' || old.PatientID, json_object('name', old.LastName), json_object('name', new.LastName));
END;
CREATE TRIGGER trgInvoicePaid AFTER INSERT ON tblPayment WHEN new.InvoiceID IS NOT NULL
BEGIN
  UPDATE tblInvoice SET Paid = Paid + new.Amount WHERE InvoiceID = new.InvoiceID;
  UPDATE tblInvoice SET State = 'p' WHERE InvoiceID = new.InvoiceID AND Paid = Amount;
END;
CREATE TRIGGER trgShortInsert INSTEAD OF INSERT ON vwPatientShort BEGIN INSERT INTO tblPatient (PatientNo, LastName) VALUES (new.PatientNo, new."Name"); END;
