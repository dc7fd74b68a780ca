/** `onsync forget CONTACT`: what a person's request for erasure asks for, as far as it can be done. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Io } from "../output/io.ts";
import { createLedgerOption } from "../settings/ledger.ts";
import { parseNotEmpty } from "../settings/options.ts";
import type { ForgetOptions } from "./run-forget.ts";

const help = `
CONTACT is a contact's id (contact_…), a phone number with its country code, an e-mail address, or an external id:
contactId:ID, phone:NUMBER, email:ADDRESS and externalId:ID say which, where it could be another.

What is found is shown first. Then it is taken out of the stores that are named here, and cleared at OnSync. What stays is
counted: no endpoint of OnSync deletes a contact, a conversation or a message, so ask support@onsync.com for those.
Name every store that may know the person: what is not named is not looked at. Again changes nothing more.

Examples:
  onsync forget contact_01JGDNWSW9 --dry-run
  onsync forget +971500000000 --events onsync-events.db --ledger sends.db
  onsync forget +971500000000 --export exports --export duckdb:warehouse.duckdb
  onsync forget sara@example.com --events redis://127.0.0.1:6379 --yes --json

With --json: a line {"plan":true,…}, and last {"done":true,contactId,cleared,kept,…,remains}.

Exit codes: 0 done, and nothing is left, 1 failed, 2 called wrongly, 3 done, and something stays ("remains").`;

function parseQuery(text: string) {
  const [, kind, rest] = /^(contactId|phone|email|externalId):(.+)$/s.exec(text.trim()) ?? [];
  const value = (rest ?? text).trim();
  if (value === "")
    throw new InvalidArgumentError("Give a contact id, a phone number, an e-mail address or an external id.");
  if (kind !== undefined) return { kind, value };
  if (value.startsWith("contact_")) return { kind: "contactId", value };
  if (value.includes("@")) return { kind: "email", value };
  return { kind: /^\+[\d\s().-]+$/.test(value) ? "phone" : "externalId", value };
}

export function addForgetCommand(program: Command, io: Io): void {
  program
    .command("forget")
    .summary("erase a person: local stores, and what OnSync lets be cleared")
    .description("Takes a person out of local stores, clears their contact at OnSync, and counts what stays there.")
    .argument("<contact>", "a contact's id, phone number, e-mail address or external id", parseQuery)
    .addOption(
      new Option("--events <place>", "the receiver's events: its SQLite file or Redis (redis://…)").argParser(
        parseNotEmpty,
      ),
    )
    .addOption(
      new Option(
        "--export <place>",
        "an export: its folder or file, duckdb:FILE or postgres://…; may be given several times",
      ).argParser((text: string, before: string[] = []) => [...before, parseNotEmpty(text)]),
    )
    .addOption(
      new Option("--state <file>", "the state of the export to files (default: beside it)").argParser(parseNotEmpty),
    )
    .addOption(createLedgerOption("the send ledger: its SQLite file or Redis (redis://…)"))
    .addOption(
      new Option("--journal <file>", "the journal of an import; may be given several times").argParser(
        (text: string, before: string[] = []) => [...before, parseNotEmpty(text)],
      ),
    )
    .option("--dry-run", "show what is found, and end there")
    .option("--yes", "go on without asking")
    .option("--json", "print JSON, one line for each event")
    .addHelpText("after", help)
    .action(async (query, options: ForgetOptions) => {
      const { forget } = await import("./run-forget.ts");
      await forget(io, query, options);
    });
}
