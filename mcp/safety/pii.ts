/**
 * Phones and e-mail addresses, masked for those who need not see them. A conversation's id holds the customer's number
 * and is needed to read on: its address is replaced by a sealed one that this server alone can open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { isEmail, isPhone, parseConversationId } from "../../src/api/index.ts";

const digits = (text: string) => text.match(/\p{Nd}/gu) ?? [];

const maskPhone = (phone: string) => `[phone ..${digits(phone).slice(-2).join("")}]`;
const maskEmail = (email: string) => `[email ${email.slice(0, 1)}..]`;

/** Masks every e-mail address and all that reads as a phone number: a plus and 7 digits, or 9 digits without one. */
export const maskText = (text: string): string =>
  text
    .replace(/[^\s@<>(),;:"'[\]]+@[^\s@<>(),;:"'[\]]+\.[^\s@<>(),;:"'.[\]]+/gu, maskEmail)
    .replace(
      /(?<![\p{L}\p{Nd}_])(?:\+|00)?[\p{Nd}](?:[\s().\u2010-\u2015-]{0,2}\p{Nd}){6,}(?![\p{L}\p{Nd}_])/gu,
      (found) => (digits(found).length >= (/^(\+|00)/.test(found) ? 7 : 9) ? maskPhone(found) : found),
    );

const sealMark = "~";

/** @param secret shared by replicas that are to open each other's sealed addresses */
export const createMasking = (secret: string | Buffer = randomBytes(32)) => {
  const derive = (purpose: string) => createHmac("sha256", secret).update(purpose).digest();
  const cipherKey = derive("pii cipher");
  const tagKey = derive("pii tag");
  const tagOf = (address: string) => createHmac("sha256", tagKey).update(address).digest().subarray(0, 16);

  /** The same address gives the same seal: the tag is the cipher's start, and proves the address on opening. */
  const seal = (address: string): string => {
    const tag = tagOf(address);
    const cipher = createCipheriv("aes-256-ctr", cipherKey, tag);
    return sealMark + Buffer.concat([tag, cipher.update(address, "utf8"), cipher.final()]).toString("base64url");
  };
  const open = (sealed: string): string | undefined => {
    const bytes = Buffer.from(sealed.slice(sealMark.length), "base64url");
    if (bytes.length <= 16) return undefined;
    const tag = bytes.subarray(0, 16);
    const decipher = createDecipheriv("aes-256-ctr", cipherKey, tag);
    const address = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8");
    return tagOf(address).equals(tag) ? address : undefined;
  };

  return {
    text: maskText,
    /** A phone or e-mail by itself, masked; a conversation's id with its address sealed; any other id as it is. */
    id(id: string): string {
      if (isPhone(id)) return maskPhone(id);
      if (isEmail(id)) return maskEmail(id);
      const parsed = parseConversationId(id);
      return parsed && (isPhone(parsed.address) || isEmail(parsed.address))
        ? `${parsed.platform}:${seal(parsed.address)}`
        : id;
    },
    /** The address or conversation id meant by one that was sealed; any other as it is. */
    open(id: string): string {
      const parsed = parseConversationId(id);
      const address = parsed?.address ?? id;
      const opened = address.startsWith(sealMark) ? open(address) : undefined;
      return opened === undefined ? id : parsed ? `${parsed.platform}:${opened}` : opened;
    },
  };
};
export type Masking = ReturnType<typeof createMasking>;
