/** `--known FILE`: what somebody else knows to be in OnSync, an id or a number a line. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { isPhone, normalizePhone, parseConversationId } from "../../src/api/index.ts";
import type { KnownId } from "../../src/data/index.ts";
import { UsageError } from "../output/errors.ts";

const maxIdLength = 400;

/** @throws UsageError that names the line */
export async function* readKnownIds(file: string): AsyncGenerator<KnownId, void, undefined> {
  const input = createReadStream(file);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      const text = line.replace(/^\ufeff/, "").trim();
      if (text !== "") yield readKnownId(text, number);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--known: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`);
  } finally {
    input.destroy();
  }
}

function readKnownId(text: string, line: number): KnownId {
  const phone = normalizePhone(text);
  if (isPhone(phone)) return { phone };
  if (text.length <= maxIdLength && parseConversationId(text)) return { conversationId: text };
  if (/^[\w-]{1,100}$/.test(text) && !/^\d+$/.test(text)) return { contactId: text };
  throw new UsageError(
    `--known: line ${line} is no contact id, no conversation id (platform:address) and no phone number in E.164 form, such as +971500000000.`,
  );
}
