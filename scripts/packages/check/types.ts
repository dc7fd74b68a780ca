/** Programs of strict TypeScript that use the packages, in each way of finding modules that users have. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packages, root } from "../table.ts";
import { run, type Workshop } from "./workshop.ts";

const resolutions: Record<string, object> = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

/** What is wrong if a type is lost on the way: an answer that is `any` would take the wrong assignment, too. */
const client = `import { createOnSync, fetchTransport, type OnSync } from "onsync";
import { createVerifier } from "onsync/verify";

const onsync: OnSync = createOnSync({ apiKey: "key", transport: fetchTransport((request) => fetch(request)) });
export const id: Promise<string> = onsync.contacts.get("contact_1").then((contact) => contact.id);
// @ts-expect-error an id is a text
export const wrongId: Promise<number> = onsync.contacts.get("contact_1").then((contact) => contact.id);
// @ts-expect-error it has to be said where it goes
export const sent = onsync.messages.send({ platform: "whatsapp", messageType: "text", content: "Hi" });
export const type: Promise<string> = createVerifier("secret")("body", "signature").then((event) => event.type);
`;
const everything = `${client}
import { openSqliteLedger } from "onsync/ledger";
import { undiciTransport } from "onsync/undici";
import { openRows } from "onsync-data";
import { createMcpHttp, createMcpServer } from "onsync-mcp";
import { createReference } from "onsync-reference";
import { createReceiver, openSqliteStore } from "onsync-webhooks";

const onNode = createOnSync({
  apiKey: "key",
  transport: undiciTransport(),
  ledger: openSqliteLedger({ file: "sends.db" }),
});
export const key: string = createReference().key;
export const receiver = createReceiver({ secrets: ["secret"], store: openSqliteStore({ file: "events.db" }) });
export const http = createMcpHttp({ onsync: onNode, token: "a-token-of-sixteen" });
export const rows = openRows("contacts.csv");
export { createMcpServer };
// @ts-expect-error a secret is a text
export const wrongReceiver = createReceiver({ secrets: [1], store: openSqliteStore({ file: "events.db" }) });
`;

/** The complaints about the program and the packages; those about what others have written are theirs. */
function findOurs(said: string): string[] {
  const ours = packages.map(({ name }) => `node_modules/${name}/`);
  return said
    .split("\n")
    .filter((line) => /error TS/.test(line))
    .filter((line) => !line.startsWith("node_modules/") || ours.some((folder) => line.startsWith(folder)));
}

/** @throws Error with what the compiler says, the libraries' own declarations included (no skipLibCheck) */
export async function checkTypes({ folder, find }: Workshop): Promise<void> {
  const platforms = {
    // Without a type of Node's, as in a browser.
    web: { text: client, options: { lib: ["es2022", "dom"], types: [] }, tsc: find("tsc") },
    // The compiler of the repository, a major version later and several times as fast.
    node: {
      text: everything,
      options: { lib: ["es2024", "esnext.disposable"], types: ["node"] },
      tsc: join(root, "node_modules/.bin/tsc"),
    },
  };
  for (const [platform, { text, options, tsc }] of Object.entries(platforms)) {
    for (const [resolution, modules] of Object.entries(resolutions)) {
      const name = `types-${platform}-${resolution}`;
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "program.ts"), text);
      const config = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: "es2022", ...options };
      const file = join(folder, name, "tsconfig.json");
      writeFileSync(file, JSON.stringify({ compilerOptions: { ...config, ...modules }, include: ["program.ts"] }));
      const said = await run(tsc, ["-p", file], { cwd: folder }).catch((error: Error) => error.message);
      const wrong = findOurs(said);
      if (wrong.length > 0) throw new Error(`${name}:\n${wrong.slice(0, 10).join("\n")}`);
    }
  }
}
