/** What `onsync forget` leaves: stores that go on as before, and what cannot be taken out, which is said and counted. */
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openLedger } from "../../../src/ledger/index.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { countTraces, createWorld, omar, sara } from "../../../testing/forget/two-people.ts";
import { createWorldForEachTest, folder, lastLine, places, readContact, run, world, zero } from "./forgetting.ts";

createWorldForEachTest();

describe("the stores go on", () => {
  test("the receiver takes a repeat for one, hands on what is others', and its readers lose no place", async () => {
    const store = openSqliteStore({ file: world.events });
    const page = await store.read({ after: 0, limit: 1000 });
    const end = await store.end();
    await store.close();
    await run([world.ids.sara, ...places(), "--yes"]);
    await using after = Object.assign(openSqliteStore({ file: world.events }), {
      [Symbol.asyncDispose]: async () => {},
    });
    expect((await after.end()).log).toBe(end.log);
    const left = await after.read({ after: 0, limit: 1000 });
    const others = page.events.filter(({ body }) => !body.includes(world.ids.sara) && !body.includes(`${sara.phone}"`));
    expect(left.events.filter(({ position }) => position <= end.position)).toEqual(others);
    expect(left.gap).toBe(false);
    const repeated = page.events.find(({ body }) => body.includes(sara.email))?.body ?? "";
    expect(await after.accept({ event: JSON.parse(repeated), body: repeated })).toBe(false);
    expect(countTraces(folder.path, sara)[sara.email]).toBe(0);
    await after.close();
  });

  test("a receiver that runs meanwhile takes events before and after, and nothing is left in its file", async () => {
    const running = openSqliteStore({ file: world.events });
    const { code, stdout } = await run([world.ids.sara, ...places(), "--yes", "--json"]);
    expect({ code, places: lastLine(stdout).remains }).toMatchObject({ code: 3, places: { places: [] } });
    expect(countTraces(folder.path, sara)).toEqual(zero(sara));
    const event = {
      id: "evt_new",
      type: "contact.updated",
      orgId: "org",
      createdAt: new Date().toISOString(),
      data: {},
    };
    const incoming = { event, body: JSON.stringify(event) } as unknown as Parameters<typeof running.accept>[0];
    expect(await running.accept(incoming)).toBe(true);
    await running.close();
  });

  test("what was sent is not sent again under its reference, and another's proposal still waits", async () => {
    await run([world.ids.sara, ...places(), "--yes"]);
    const ledger = await openLedger(world.ledger);
    const entries = await ledger.list({ limit: 10 });
    expect(entries.map(({ state, to, conversationId }) => [state, to, conversationId])).toEqual([
      ["sent", omar.phone, `whatsapp:${omar.phone}`],
      ["sent", "", null],
    ]);
    const waiting = await ledger.listNotes("proposals", 10);
    expect(waiting.join()).not.toContain(sara.words[2]);
    const [emptied] = entries.filter(({ to }) => to === "");
    const again = await ledger.claim(
      { ...(emptied as NonNullable<typeof emptied>), to: sara.phone },
      { leaseMs: 1000 },
    );
    expect(again.granted).toBe(false);
    await ledger.close();
  });
});

describe("what cannot be taken out is said, and counted", () => {
  test("a send that is open keeps its address until it is settled", async () => {
    const ledger = await openLedger(world.ledger);
    const message = {
      scope: world.url,
      reference: "open-1",
      fingerprint: "f",
      platform: "whatsapp",
      to: sara.phone,
      messageType: "text",
    };
    const { entry } = await ledger.claim(message, { leaseMs: 1000 });
    const first = await run([world.ids.sara, ...places(), "--yes", "--json"]);
    expect(lastLine(first.stdout)).toMatchObject({ remains: { places: [{ place: world.ledger, openSends: 1 }] } });
    await ledger.record(entry, { state: "not_sent", reason: "no" }, entry.claimId);
    await ledger.close();
    // OnSync has cleared her by now: her number is what is known.
    await run([sara.phone, ...places(), "--yes"]);
    expect(countTraces(folder.path, sara)).toEqual(zero(sara));
  });

  test("a reference that names the person stays, so that nothing is sent twice", async () => {
    const ledger = await openLedger(world.ledger);
    const message = {
      scope: world.url,
      reference: `hello ${sara.phone}`,
      fingerprint: "f",
      platform: "whatsapp",
      to: sara.phone,
      messageType: "text",
    };
    const { entry } = await ledger.claim(message, { leaseMs: 1000 });
    await ledger.record(entry, { state: "not_sent", reason: "no" }, entry.claimId);
    await ledger.close();
    const { code, stdout } = await run([world.ids.sara, ...places(), "--yes"]);
    expect(code).toBe(3);
    expect(stdout).toContain("1 reference names the person and stays for 30 days");
  });

  test("a field that OnSync does not let be cleared is named, and all others are cleared", async () => {
    await using server = await refuseToClear(["phone", "email"]);
    const env = { ONSYNC_BASE_URL: server.url };
    const { code, stdout } = await run([world.ids.sara, "--yes", "--json"], { env });
    expect(code).toBe(3);
    expect(lastLine(stdout)).toMatchObject({
      cleared: ["firstName", "lastName", "channel", "tags", "properties.externalId", "properties.note"],
      kept: ["phone", "email"],
      remains: { fields: ["phone", "email"] },
    });
    expect(await readContact(world.ids.sara)).toMatchObject({ firstName: null, phone: sara.phone, email: sara.email });
  });

  test("without a search an identifier finds the contact by the receiver's events, or it is said that an id is needed", async () => {
    await using plain = await createWorld(mkdtempSync(join(folder.path, "plain-")), { extensions: false });
    const env = { ONSYNC_BASE_URL: plain.url, ONSYNC_API_KEY: plain.reference.key };
    const unknown = await run([sara.phone, "--ledger", plain.ledger, "--yes", "--json"], { env });
    expect({ code: unknown.code, remains: lastLine(unknown.stdout).remains }).toMatchObject({
      code: 3,
      remains: { isSearchMissing: true },
    });
    const { stdout } = await run([sara.phone, "--events", plain.events, "--ledger", plain.ledger, "--yes", "--json"], {
      env,
    });
    expect(lastLine(stdout)).toMatchObject({ contactId: plain.ids.sara, remains: { isSearchMissing: false } });
    expect(lastLine(stdout).cleared).toContain("phone");
  });

  test("a contact that is not at OnSync is taken out of the stores all the same, and then nothing stays", async () => {
    const other = (await world.reference.control.createOrg({ name: "Other" })).id;
    const { key } = await world.reference.control.createKey({ orgId: other });
    const { code, stdout } = await run([world.ids.sara, ...places(), "--yes", "--json"], {
      env: { ONSYNC_API_KEY: key },
    });
    expect({ code, remains: lastLine(stdout).remains }).toEqual({
      code: 0,
      remains: { contact: 0, conversations: 0, messages: 0, fields: [], places: [], isSearchMissing: false },
    });
    expect(countTraces(folder.path, sara)).toEqual(zero(sara));
  });
});

/** The reference, which does not let these fields be cleared. */
async function refuseToClear(fields: readonly string[]) {
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray()).toString();
    const isRefused = incoming.method === "PATCH" && fields.some((field) => JSON.parse(body)[field] === null);
    const answer = isRefused
      ? Response.json({ error: { code: "validation_failed", message: "no" }, requestId: "req_1" }, { status: 400 })
      : await fetch(`${world.url}${incoming.url?.replace("/v1", "")}`, {
          method: incoming.method as string,
          headers: {
            Authorization: incoming.headers.authorization as string,
            ...(body !== "" && { "Content-Type": "application/json" }),
          },
          ...(body !== "" && { body }),
        });
    outgoing.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
