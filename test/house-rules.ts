/** What is longer or fuller than the house has it, and why it reads better so. A path that needs no exception any more goes. */
export const exceptions: Readonly<{
  /** Functions, as `path: name`. */
  functions: Readonly<Record<string, string>>;
  files: Readonly<Record<string, string>>;
  folders: Readonly<Record<string, string>>;
}> = {
  functions: {
    "test/ledger/random.test.ts: play":
      "One step on the ledger and on the facts beside each other, a case for each kind: apart, nobody saw that they agree",
    "test/webhooks/sinks/fake-sqs.ts: startFakeSqs":
      "A server and what a test may ask of it, in one closure of small functions over the same queue",
  },
  files: {
    "src/api/types/contacts.ts": "Written by scripts/wire: what is said of each field is what an editor shows of it",
    "src/api/types/messages.ts": "Written by scripts/wire: what is said of each field is what an editor shows of it",
    "src/client/wire/endpoints.ts":
      "Written by scripts/wire, which no reader follows line by line: one table is what the client imports",
    "test/zapier/errors/error-table.test.ts":
      "One table of every way a step can fail, and what a person then reads: whole, it shows that none is left out",
    "test/zapier/lint/lint.test.ts": "One table of every check with a variant that fails it",
  },
  folders: {
    "src/operations": "One file an operation, named as it is: that is how one is found, and how one is added",
  },
};
