/** Rows and files that cannot be read for certain: refused with their line and how to mend them. */
import { expect, test } from "@jest/globals";
import { readContacts } from "../../../testing/imports/read-contacts.ts";

test.each<[string, string, string[]]>([
  [
    "a number that a spreadsheet has shortened",
    "Name,Phone\nSara,9.71501E+11\n",
    [
      "line 2: phone 9.71501E+11 is what a spreadsheet has made of a number: format the column as text, and enter it again",
    ],
  ],
  [
    "a number without its country",
    "Name,Phone\nSara,050 000 0000\n",
    [
      "line 2: phone has no country code: begin it with + and its country code, or say with --country whose numbers these are",
    ],
  ],
  [
    "an e-mail address that is none, behind a cell of two lines",
    'Name,Email\n"a\nb",a@example.com\nSara,sara@\n',
    ["line 4: email must be an e-mail address, such as sara@example.com"],
  ],
  [
    "a row without anything that OnSync finds contacts by",
    "Name,Phone\nSara,\n",
    ["line 2: phone give at least one of phone, email and properties.externalId: OnSync finds contacts by them"],
  ],
  [
    "a separator in a cell without quotes",
    "Name,Phone\nHussein, Sara,+971500000000\n",
    ["line 2:  has 3 cells where the first line has 2: put a cell with a separator in it in quotes"],
  ],
  [
    "a line end in a cell without quotes",
    "Name,Phone,Email\nSara\nHussein,+971500000000,a@example.com\n",
    [
      "line 2:  has 1 cells where the first line has 3: put a cell with a line end in it in quotes, or add the separators that are missing",
    ],
  ],
  [
    "a cell of ten megabytes in a field",
    `Name,Phone\n${"x".repeat(10 * 1024 * 1024)},+971500000000\n`,
    ["line 2: firstName must have at most 200 characters"],
  ],
  [
    "a line of NDJSON that is none",
    '{"phone":"+971500000000"}\n{phone\n',
    ["line 2:  is no JSON object: write one object a line, as jq -c does"],
  ],
  [
    "an id that JavaScript cannot keep",
    '{"externalId":12345678901234567890}\n',
    ["line 1: externalId is a number that is not kept exactly: write it in quotes"],
  ],
])("%s is refused with its line and the fix", async (_what, text, problems) => {
  expect((await readContacts(text)).problems).toEqual(problems);
});

test.each<[string, string | Buffer, string]>([
  [
    "an older Excel's letters",
    Buffer.from("Name,Phone\nSara,+971500000000\nJ\xfcrgen,+4915123456789\n", "latin1"),
    "Line 3: this is not UTF-8",
  ],
  ["a quote that is never closed", 'Name,Phone\nSara,+971500000000\n"Ali,+971511111111\nEve,1\n', "Line 3: a quote"],
  ["a quote within a cell", 'Name,Phone\nSara,+971500000000\n5" pipe,+971511111111\n', "Line 3: a quote"],
  ["an Excel workbook", Buffer.from("PK\u0003\u0004rest"), "Excel workbook"],
  ["a zipped file", Buffer.from([0x1f, 0x8b, 8, 0]), "gunzip"],
  ["a JSON list", '[{"phone":"+971500000000"}]', "one object a line"],
  ["nothing at all", "", "The file is empty"],
  ["a page", "<html></html>", "HTML"],
])("%s is refused, and how to mend it is said", async (_what, bytes, message) => {
  await expect(readContacts(bytes)).rejects.toMatchObject({
    name: "FileError",
    message: expect.stringContaining(message),
  });
});
