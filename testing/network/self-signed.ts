/** Certificates for tests of what TLS refuses: self-signed, for a name, for a time. Made here, so that none expires. */
import { generateKeyPairSync, sign } from "node:crypto";

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: Buffer[]) {
  return der(0x30, ...parts);
}

function oid(hex: string) {
  return der(0x06, Buffer.from(hex, "hex"));
}

function text(tag: number, value: string) {
  return der(tag, Buffer.from(value));
}

function time(date: Date) {
  return text(0x18, `${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`);
}

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));

function name(value: string) {
  return sequence(der(0x31, sequence(oid("550403"), text(0x0c, value))));
}

/**
 * @param host the DNS name it is for
 * @returns a key and a certificate that it signed itself, as PEM
 */
export function selfSigned(host: string, { from, until }: { from: Date; until: Date }) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const alternativeName = sequence(oid("551d11"), der(0x04, sequence(text(0x82, host))));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name(host),
    sequence(time(from), time(until)),
    name(host),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(alternativeName)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", content, privateKey));
  const base64 = sequence(content, ecdsaWithSha256, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}
