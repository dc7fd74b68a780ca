/** What of a request and its answer is shown to nobody: keys, webhook secrets, and whatever is named like one. */
import { toKeyPrefix } from "../../inbox/keys.ts";

const masked = "[masked]";

const secretName =
  /^(?:secret|client[-_]?secret|token|access[-_]?token|password|authorization|proxy-authorization|cookie|set-cookie|x?-?api[-_]?key)$/i;

/** A key or a secret wherever it stands; of a key its beginning stays, which tells keys apart. */
const secretText = /onsync_(?:pk|control)_\w+|whsec_[\w-]+/g;

/** As it stands in JSON that cannot be parsed, or that gives a name twice. */
const secretMember =
  /("(?:secret|client[-_]?secret|token|access[-_]?token|password|authorization|api[-_]?key)"\s*:\s*)"[^"]*"?/gi;

function maskFound(found: string): string {
  return found.startsWith("onsync_pk_") ? `${toKeyPrefix(found)}…` : `${found.slice(0, found.indexOf("_"))}_…`;
}

export function maskText(text: string): string {
  return text.replace(secretText, maskFound);
}

function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      maskText(name),
      secretName.test(name) && each !== null ? masked : maskValue(each),
    ]),
  );
}

/** A body as it was, but for what is masked: JSON is looked at as it is understood, whatever is escaped in it. */
export function maskBody(text: string): string {
  const plain = (): string => maskText(text.replace(secretMember, `$1"${masked}"`));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const isForm = !/[\s"<{]/.test(text);
    return isForm ? maskParameters(text) : plain();
  }
  const shown = JSON.stringify(maskValue(value));
  return shown === JSON.stringify(value) ? plain() : shown;
}

/** With the header that carries the key: its scheme, and the beginning of the key. */
export function maskHeaders(headers: Iterable<[string, string]>): [string, string][] {
  return [...headers].map(([name, value]) => [name, secretName.test(name) ? masked : maskText(value)]);
}

/** Escapes of ASCII are undone: what is looked for has no other letters. */
function decodeAscii(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Also where escapes spell a key. */
function maskEscaped(text: string): string {
  const plain = decodeAscii(text);
  const shown = maskText(plain);
  return shown === plain ? text : shown;
}

/** Of a query or a form. */
function maskParameters(text: string): string {
  return text
    .split("&")
    .map((parameter) => {
      const [name = "", value = ""] = parameter.split("=", 2);
      return value !== "" && secretName.test(decodeAscii(name)) ? `${name}=${masked}` : maskEscaped(parameter);
    })
    .join("&");
}

/** With its query. */
export function maskPath(path: string): string {
  const [before = "", ...query] = path.split("?");
  return [maskEscaped(before), ...(query.length === 0 ? [] : [maskParameters(query.join("?"))])].join("?");
}
