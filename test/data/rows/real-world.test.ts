/** Files as spreadsheets, address books, CRMs and inboxes export them, read as they are meant. */
import { expect, test } from "@jest/globals";
import { readContacts } from "../../../testing/imports/read-contacts.ts";

const sara = { firstName: "Sara", lastName: "Hussein", phone: "+971500000000" };

function utf16(text: string, { big = false, mark = true } = {}): Buffer {
  const bytes = Buffer.from(`${mark ? "\ufeff" : ""}${text}`, "utf16le");
  return big ? bytes.swap16() : bytes;
}

test.each<[string, string | Buffer, string | undefined, unknown[]]>([
  [
    "Excel in German: semicolons, a mark, CRLF",
    '\ufeffVorname;Nachname;Mobiltelefon;E-Mail\r\nJürgen;"Groß; Sohn";0171 2345678;j.gross@example.de\r\n',
    "DE",
    [{ firstName: "Jürgen", lastName: "Groß; Sohn", phone: "+491712345678", email: "j.gross@example.de" }],
  ],
  [
    "Excel's separator line",
    "sep=;\r\nFirst Name;Last Name;Phone\r\nSara;Hussein;+971500000000\r\n",
    undefined,
    [sara],
  ],
  [
    "Excel's Unicode text: UTF-16, tabs",
    utf16("First Name\tLast Name\tPhone\r\nSara\tHussein\t+971500000000\r\n"),
    undefined,
    [sara],
  ],
  [
    "UTF-16, the other byte first",
    utf16("First Name,Last Name,Phone\nSara,Hussein,+971500000000\n", { big: true }),
    undefined,
    [sara],
  ],
  [
    "UTF-16 without a mark",
    utf16("First Name,Last Name,Phone\nSara,Hussein,+971500000000\n", { mark: false }),
    undefined,
    [sara],
  ],
  [
    "Google Contacts, with two numbers in one cell",
    "First Name,Middle Name,Last Name,Phonetic First Name,Organization Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n" +
      "Sara,,Hussein,,ACME,* myContacts ::: Expo,* Work,sara@example.com,Mobile,+971 50 000 0000 ::: +971 50 111 1111\n",
    undefined,
    [{ ...sara, email: "sara@example.com", tags: ["myContacts", "Expo"] }],
  ],
  [
    "Google Contacts of before, with Name, Given Name and Family Name",
    "Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value\n" +
      "Sara Hussein,Sara,,Hussein,* myContacts,* ,sara@example.com,Mobile,+971 50 000 0000\n",
    undefined,
    [{ ...sara, email: "sara@example.com", tags: ["myContacts"] }],
  ],
  [
    "HubSpot: every cell in quotes, a record id, a mobile and a phone",
    '"Record ID","First Name","Last Name","Email","Phone Number","Mobile Phone Number","Lead Status","Create Date"\n' +
      '"8740","Sara","Hussein","sara@example.com","+971 4 000 0000","+971 50 000 0000","NEW","2026-01-01 10:00"\n' +
      '"8741","Ali","","ali@example.com","+97140000001","","",""\n',
    undefined,
    [
      { ...sara, email: "sara@example.com", properties: { externalId: "8740" } },
      { firstName: "Ali", phone: "+97140000001", email: "ali@example.com", properties: { externalId: "8741" } },
    ],
  ],
  [
    "Salesforce: Contact ID, MobilePhone, Lead Source",
    '"Contact ID","FirstName","LastName","Phone","MobilePhone","Email","LeadSource","Account Name"\n"0035g00000AbCdEAAV","Sara","Hussein","","+971500000000","","Expo booth","ACME, Inc."\n',
    undefined,
    [{ ...sara, properties: { externalId: "0035g00000AbCdEAAV", source: "Expo booth" } }],
  ],
  [
    "respond.io: Contact ID, Tags, Language",
    "Contact ID,First Name,Last Name,Phone Number,Email,Country,Language,Tags,Conversation Status,Assignee,Created At\n" +
      '12345,Sara,Hussein,+971500000000,,AE,en,"lead, expo",open,ali@example.com,2026-01-01\n',
    undefined,
    [{ ...sara, tags: ["lead", "expo"], properties: { externalId: "12345", language: "en" } }],
  ],
  [
    "one column for the whole name, and bars",
    "Full Name|WhatsApp Number\nSara Maria Hussein|+971 (50) 000-0000\n",
    undefined,
    [{ firstName: "Sara", lastName: "Maria Hussein", phone: "+971500000000" }],
  ],
  [
    "Spanish, where Nombre is the first name beside Apellidos",
    "Nombre;Apellidos;Teléfono;Correo electrónico\nLucía;García López;612 34 56 78;lucia@example.es\n",
    "ES",
    [{ firstName: "Lucía", lastName: "García López", phone: "+34612345678", email: "lucia@example.es" }],
  ],
  [
    "quotes, separators and line ends within cells",
    'First Name,Last Name,Phone\n"Sa""ra","Hus,\r\nsein",+971500000000\n',
    undefined,
    [{ firstName: 'Sa"ra', lastName: "Hus,\r\nsein", phone: "+971500000000" }],
  ],
  [
    "two columns of one name, of which a row has one",
    "Name,Email,Email\nSara,,sara@example.com\nAli,ali@example.com,\n",
    undefined,
    [
      { firstName: "Sara", email: "sara@example.com" },
      { firstName: "Ali", email: "ali@example.com" },
    ],
  ],
  [
    "line ends of three kinds, empty lines and rows of nothing",
    "Name,Phone\r\nSara,+971500000000\n\n,\nAli,+971511111111\rEve,+971522222222",
    undefined,
    [
      { firstName: "Sara", phone: "+971500000000" },
      { firstName: "Ali", phone: "+971511111111" },
      { firstName: "Eve", phone: "+971522222222" },
    ],
  ],
  [
    "a cell of ten megabytes in a column that is left out, and the row after it",
    `Name,Phone,History\nSara,+971500000000,"${'x ""\n'.repeat(2 * 1024 * 1024)}"\nAli,+971511111111,\n`,
    undefined,
    [
      { firstName: "Sara", phone: "+971500000000" },
      { firstName: "Ali", phone: "+971511111111" },
    ],
  ],
  [
    "NDJSON with a text of ten megabytes that is left out, and the line after it",
    `{"firstName":"Sara","phone":"+971500000000","notes":"${"x".repeat(10 * 1024 * 1024)}"}\n{"firstName":"Ali","phone":"+971511111111"}\n`,
    undefined,
    [
      { firstName: "Sara", phone: "+971500000000" },
      { firstName: "Ali", phone: "+971511111111" },
    ],
  ],
  [
    "a number that Excel keeps as a text",
    "Name,Phone\nSara,'+971500000000\n",
    undefined,
    [{ firstName: "Sara", phone: "+971500000000" }],
  ],
  [
    "Arabic columns and digits",
    "الاسم,رقم الهاتف\nسارة,٠٥٠٠٠٠٠٠٠٠\n",
    "AE",
    [{ firstName: "سارة", phone: "+971500000000" }],
  ],
  [
    "NDJSON in the API's own form",
    '{"firstName":"Sara","phone":"+971500000000","tags":["lead"],"properties":{"externalId":8740,"vip":true}}\n',
    undefined,
    [{ firstName: "Sara", phone: "+971500000000", tags: ["lead"], properties: { externalId: "8740", vip: true } }],
  ],
])("%s", async (_what, bytes, country, contacts) => {
  expect(await readContacts(bytes, country)).toEqual({ contacts, problems: [] });
});

test.each([
  ["AE", "050 123 4567", "+971501234567"],
  ["GB", "07400 123456", "+447400123456"],
  ["DE", "0151 23456789", "+4915123456789"],
  ["FR", "06 12 34 56 78", "+33612345678"],
  ["ES", "612 345 678", "+34612345678"],
  ["IT", "312 345 6789", "+393123456789"],
  ["US", "(212) 555-0123", "+12125550123"],
  ["BR", "(11) 96123-4567", "+5511961234567"],
  ["IN", "081234 56789", "+918123456789"],
  ["SA", "0512345678", "+966512345678"],
  ["AE", "501234567", "+971501234567"],
])("a local number of %s, %s, is %s", async (country, typed, phone) => {
  expect(await readContacts(`Name,Phone\nSara,"${typed}"\n`, country)).toMatchObject({
    contacts: [{ phone }],
    problems: [],
  });
});
