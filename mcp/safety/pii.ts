/**
 * Phones, e-mail addresses and customers' ids, masked for those who need not see them. A conversation's id holds the
 * customer's number or name and is needed to read on: its address is replaced by a sealed one that this server alone can
 * open.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { isEmail, isPhone, parseConversationId, platforms } from "../../src/api/index.ts";
import { maskPersonalText } from "../answers/personal-text.ts";

const sealMark = "~";

const ownIdOrTime = /^(?:[a-z]{2,12}_[0-9A-Za-z]{1,40}|\d{4}-\d\d-\d\dT[\d:.]{5,18}(?:Z|[+-]\d\d:?\d\d))$/;

function isSealed(address: string): boolean {
  return /^~[\w-]{23,}$/.test(address);
}

/** @param secret shared by replicas that are to open each other's sealed addresses */
export function createMasking(secret: string | Buffer = randomBytes(32)) {
  const derive = (purpose: string) => createHmac("sha256", secret).update(purpose).digest();
  const cipherKey = derive("pii cipher");
  const tagKey = derive("pii tag");
  const createTag = (address: string) => createHmac("sha256", tagKey).update(address).digest().subarray(0, 16);

  /** The same address gives the same text: the tag is the cipher's start, and proves the address on decryption. */
  const encryptAddress = (address: string): string => {
    if (isSealed(address)) return address;
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
  const sealConversation = (id: string): string | undefined => {
    const parsed = parseConversationId(id);
    return parsed && (platforms as readonly string[]).includes(parsed.platform)
      ? `${parsed.platform}:${encryptAddress(parsed.address)}`
      : undefined;
  };

  return {
    /** Masks every e-mail address and number of a text; conversations named in it stay usable, sealed. */
    maskText: (text: string): string => maskPersonalText(text, sealConversation),
    /** An id of OnSync's or a time as it is; a conversation's id with its address sealed (encrypted); any other as a text. */
    maskId: (id: string): string => (ownIdOrTime.test(id) ? id : (sealConversation(id) ?? maskPersonalText(id))),
    /** A phone or e-mail by itself, masked; a conversation's id, or a customer's, sealed. */
    maskAddress(address: string): string {
      if (isPhone(address) || isEmail(address)) return maskPersonalText(address);
      return sealConversation(address) ?? encryptAddress(address);
    },
    /** A web address without its path, which may hold a token. */
    maskUrl(url: string): string {
      if (!URL.canParse(url)) return "[path ..]";
      const { origin, pathname, search } = new URL(url);
      return pathname === "/" && search === "" ? origin : `${origin}/[path ..]`;
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
