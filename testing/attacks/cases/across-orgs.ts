/** Attacks by a key: one server for several orgs, a receiver that keeps the events of all, and keys that are not theirs. */
import { createMcpHttp, keyHeader } from "../../../mcp/index.ts";
import { createReference } from "../../../reference/index.ts";
import { type Scope, sampleEvent } from "../../../src/api/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { createEventLog } from "../../../src/webhooks/index.ts";
import type { ServerAttack } from "../attack.ts";
import { callOverHttp } from "../http-call.ts";

const texts = { own: "where is my parcel", other: "the other customers' secret" };
const methods = ["initialize", "server/discover", "tools/list", "resources/list", "prompts/list", "events/list"];

async function openOrgs() {
  const reference = createReference();
  const onsyncForKey = (apiKey: string) =>
    createOnSync({
      apiKey,
      baseUrl: "http://127.0.0.1/v1",
      maxAttempts: 1,
      transport: fetchTransport((request) => reference.fetch(request)),
    });
  const { orgId: own } = await onsyncForKey(reference.key).contacts.save({ phone: "+971500000000" });
  const { id: other } = await reference.control.createOrg({ name: "Other" });
  const events = createEventLog();
  for (const [orgId, content] of [
    [own, texts.own],
    [other, texts.other],
  ] as const) {
    const message = sampleEvent("message.created");
    events.append({ ...message, id: `evt_${orgId}`, orgId, data: { ...message.data, content } });
  }
  const http = createMcpHttp({ onsyncForKey, events, safety: { caps: { perDay: 1 } } });
  const ask = (key: string, method: string, params: object = {}): Promise<string> =>
    callOverHttp(http, { [keyHeader]: key }, method, params);
  return {
    key: reference.key,
    ask,
    makeKey: async (scopes?: Scope[]) => (await reference.control.createKey({ ...(scopes && { scopes }) })).key,
    makeKeyOfAnother: async (name: string) => {
      const { id: orgId } = await reference.control.createOrg({ name });
      return (await reference.control.createKey({ orgId })).key;
    },
    /** Whatever way there is to what is kept. */
    readEverything: async (key: string): Promise<string> => {
      const answers = await Promise.all([
        ask(key, "tools/call", {
          name: "wait_for_events",
          arguments: { cursor: "gone.0", timeoutSeconds: 0, detail: "full" },
        }),
        ask(key, "events/poll", { name: "message.created", cursor: "gone.0" }),
        ask(key, "events/poll", { name: "message.created", cursor: "gone.0", arguments: { orgId: other } }),
        ask(key, "tools/call", { name: "list_messages", arguments: { conversationId: "whatsapp:+971500000000" } }),
      ]);
      return answers.join("\n");
    },
    [Symbol.asyncDispose]: () => reference.close(),
  };
}

const madeUp = ["onsync_pk_live_made_up", "onsync_pk_test_demo2", "x", "..", "onsync_pk_live_\u00e9"];

function findTexts(said: string, who: string, names: (keyof typeof texts)[]): string[] {
  return names.filter((name) => said.includes(texts[name])).map((name) => `${who} read ${JSON.stringify(texts[name])}`);
}

export const orgAttacks: ServerAttack[] = [
  ...madeUp.map(
    (key): ServerAttack => ({
      kind: "orgs",
      name: `the key ${JSON.stringify(key)}, which nobody made, asks for everything`,
      async run() {
        await using world = await openOrgs();
        const listed = await Promise.all(methods.map((method) => world.ask(key, method)));
        return [
          ...findTexts(await world.readEverything(key), "a made-up key", ["own", "other"]),
          ...(/"(?:tools|prompts|resources|capabilities)"/.test(listed.join())
            ? ["a made-up key is told what there is"]
            : []),
        ];
      },
    }),
  ),
  {
    kind: "orgs",
    name: "a good key looks for the events of another org",
    async run() {
      await using world = await openOrgs();
      const said = await world.readEverything(world.key);
      // Its own it must have, or the attack has tried nothing.
      return [
        ...findTexts(said, "a key", ["other"]),
        ...(said.includes(texts.own) ? [] : ["kept a key from its own events"]),
      ];
    },
  },
  ...([["read:contacts"], ["write:messages"], ["read:webhooks", "write:webhooks"]] as Scope[][]).map(
    (scopes): ServerAttack => ({
      kind: "orgs",
      name: `a key that may ${scopes.join(" and ")} reads messages through events`,
      async run() {
        await using world = await openOrgs();
        return findTexts(await world.readEverything(await world.makeKey(scopes)), `a key for ${scopes}`, [
          "own",
          "other",
        ]);
      },
    }),
  ),
  ...["made up", "of other orgs"].map(
    (which): ServerAttack => ({
      kind: "orgs",
      name: `a hundred keys ${which} push an org's used-up cap out of memory`,
      async run() {
        await using world = await openOrgs();
        const send = () =>
          world.ask(world.key, "tools/call", {
            name: "send_template",
            arguments: { to: "+971500000000", template: "order_follow_up", language: "en", parameters: ["Sara"] },
          });
        const said = [await send()];
        for (let index = 0; index < 101; index++) {
          const key =
            which === "made up" ? `onsync_pk_live_made_up${index}` : await world.makeKeyOfAnother(`Org ${index}`);
          await world.ask(key, "tools/list");
        }
        said.push(await send());
        const accepted = said.filter((text) => text.includes("Accepted")).length;
        return accepted === 1 ? [] : [`sent ${accepted} where one a day is allowed`];
      },
    }),
  ),
];
