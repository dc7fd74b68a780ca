/**
 * Phones and e-mail addresses, masked for those who need not see them. A conversation's id holds the customer's number
 * and is needed to read on: its address is replaced by a sealed one that this server alone can open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { isEmail, isPhone, parseConversationId } from "../../src/api/index.ts";

function findDigits(text: string) {
  return text.match(/\p{Nd}/gu) ?? [];
}

function maskPhone(phone: string) {
  return `[phone ..${findDigits(phone).slice(-2).join("")}]`;
}

function maskEmail(email: string) {
  return `[email ${email.slice(0, 1)}..]`;
}

// A customer chooses what is read here: each step looks at every character a fixed number of times, however the text is
// made. An expression that tries every beginning against every end would hold the server's only thread for seconds.

const noPartOfAddress = /[\s@<>(),;:"'[\]]/u;

/** Masks what stands around each @ sign, where it has a domain with a dot. */
function maskEmails(text: string): string {
  let masked = "";
  let done = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > done && !noPartOfAddress.test(text[start - 1] as string)) start -= 1;
    // The domain ends with its last letter: a dot behind it closes the sentence.
    let end = at + 1;
    let hasDot = false;
    for (let index = at + 1; index < text.length && !noPartOfAddress.test(text[index] as string); index++) {
      if (text[index] === ".") continue;
      hasDot ||= text[index - 1] === "." && end > at + 1;
      end = index + 1;
    }
    if (start === at || !hasDot) continue;
    masked += text.slice(done, start) + maskEmail(text.slice(start, end));
    done = end;
  }
  return masked + text.slice(done);
}

/** Groups of digits with up to two signs between them, as people write numbers; a plus may stand before the first. */
const digitRuns = /\+?\p{Nd}+(?:[\s().\u2010-\u2015-]{1,2}\p{Nd}+)*/gu;
const digitGroup = /\+?\p{Nd}+/gu;
const partOfWord = /[\p{L}\p{Nd}_]/u;

/** Masks a run of digits that reads as a phone number, leaving out groups that belong to a word before or after it. */
function maskRun(run: string, before: string, after: string): string {
  const groups = [...run.matchAll(digitGroup)].map(({ 0: group, index }) => ({
    start: index,
    end: index + group.length,
  }));
  if (before !== "" && partOfWord.test(before)) groups.shift();
  if (after !== "" && partOfWord.test(after)) groups.pop();
  const [first, last] = [groups[0], groups.at(-1)];
  if (!first || !last) return run;
  const number = run.slice(first.start, last.end);
  const minDigits = /^(?:\+|00)/.test(number) ? 7 : 9;
  if (findDigits(number).length < minDigits) return run;
  return run.slice(0, first.start) + maskPhone(number) + run.slice(last.end);
}

function maskPhones(text: string): string {
  return text.replace(digitRuns, (run, offset: number) =>
    maskRun(run, characterBefore(text, offset), text.charAt(offset + run.length)),
  );
}

/** Both halves of a surrogate pair, so that a letter outside the basic plane is known as one. */
function characterBefore(text: string, offset: number): string {
  return [...text.slice(Math.max(0, offset - 2), offset)].at(-1) ?? "";
}

/** Masks every e-mail address and all that reads as a phone number: a plus and 7 digits, or 9 digits without one. */
export function maskText(text: string): string {
  return maskPhones(maskEmails(text));
}

const sealMark = "~";

/** @param secret shared by replicas that are to open each other's sealed addresses */
export function createMasking(secret: string | Buffer = randomBytes(32)) {
  const derive = (purpose: string) => createHmac("sha256", secret).update(purpose).digest();
  const cipherKey = derive("pii cipher");
  const tagKey = derive("pii tag");
  const createTag = (address: string) => createHmac("sha256", tagKey).update(address).digest().subarray(0, 16);

  /** The same address gives the same text: the tag is the cipher's start, and proves the address on decryption. */
  const encryptAddress = (address: string): string => {
    const tag = createTag(address);
    const cipher = createCipheriv("aes-256-ctr", cipherKey, tag);
    return sealMark + Buffer.concat([tag, cipher.update(address, "utf8"), cipher.final()]).toString("base64url");
  };
  const decryptAddress = (sealed: string): string | undefined => {
    const bytes = Buffer.from(sealed.slice(sealMark.length), "base64url");
    if (bytes.length <= 16) return undefined;
    const tag = bytes.subarray(0, 16);
    const decipher = createDecipheriv("aes-256-ctr", cipherKey, tag);
    const address = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8");
    return createTag(address).equals(tag) ? address : undefined;
  };

  return {
    maskText,
    /** A phone or e-mail by itself, masked; a conversation's id with its address sealed (encrypted); any other id as it is. */
    maskId(id: string): string {
      if (isPhone(id)) return maskPhone(id);
      if (isEmail(id)) return maskEmail(id);
      const parsed = parseConversationId(id);
      return parsed && (isPhone(parsed.address) || isEmail(parsed.address))
        ? `${parsed.platform}:${encryptAddress(parsed.address)}`
        : id;
    },
    /** The address or conversation id meant by one that was sealed; any other as it is. */
    unmaskId(id: string): string {
      const parsed = parseConversationId(id);
      const address = parsed?.address ?? id;
      const decrypted = address.startsWith(sealMark) ? decryptAddress(address) : undefined;
      if (decrypted === undefined) return id;
      return parsed ? `${parsed.platform}:${decrypted}` : decrypted;
    },
  };
}

export type Masking = ReturnType<typeof createMasking>;
