/** The secret of a registered endpoint is replaced while receivers run. */
import { describe, expect, test } from "@jest/globals";
import { register } from "../../../../cli/listen/endpoint/register.ts";
import { findRegistration } from "../../../../cli/listen/endpoint/registrations.ts";
import { rotateRegistration } from "../../../../cli/listen/endpoint/rotate.ts";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import type { EventStore } from "../../../../src/webhooks/store/store.ts";
import { findFreePort } from "../../../../testing/network/free-port.ts";
import { onsync as command } from "../../command.ts";
import { briefWaits, createClient, listen, receiveMessage, startApi, useFolder, useSink } from "../receivers.ts";

const { newFile } = useFolder();
const sink = useSink();

describe("onsync listen rotate", () => {
  test("under load no genuine delivery is refused, and every event is handed on", async () => {
    await using api = await startApi();
    const data = newFile();
    const port = await findFreePort();
    const receiver = await listen(sink, api.env, { data, port, register: `http://127.0.0.1:${port}/` });
    let writing = true;
    let written = 0;
    const load = (async () => {
      while (writing) {
        await receiveMessage(api.reference, written++);
        // A slow machine gets as much load as it can carry, or the old endpoint would never be done.
        if (written % 20 === 0) await api.reference.settled();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const store = openSqliteStore({ file: data, claim: false });
    const before = await findRegistration(store);
    // OnSync has a quarter of an hour for what it still has for the old endpoint: more than a slow machine takes here.
    const patient = { ...briefWaits, drainMs: 15_000 };
    for (let n = 0; n < 3; n++) await rotateRegistration(createClient(api.reference), store, patient);
    const after = await findRegistration(store);
    writing = false;
    await load;
    await api.reference.settled();

    expect(after).toMatchObject({ replaces: null, url: before?.url });
    expect(after?.webhookId).not.toBe(before?.webhookId);
    expect((await createClient(api.reference).webhooks.list()).data.map(({ id }) => id)).toEqual([after?.webhookId]);
    const messages = await messageEvents(store, written);
    await sink.until(() => messages.every((id) => sink.handedOn.some((each) => each.id === id)));
    const deliveries = await api.reference.control.deliveries({ limit: 10_000 });
    expect(deliveries.flatMap(({ attempts }) => attempts).filter(({ statusCode }) => statusCode !== 200)).toEqual([]);
    await store.close();
    await receiver.close();
  }, 90_000);

  /** Every message written is kept, though the endpoints changed under it. */
  const messageEvents = async (store: EventStore, written: number): Promise<string[]> => {
    const kept = await store.list({ limit: 100_000 });
    const contents = new Set(
      kept.filter(({ type }) => type === "message.created").map(({ body }) => JSON.parse(body).data.content),
    );
    expect(contents.size).toBe(written);
    return kept.map(({ id }) => id);
  };

  test("waits for what OnSync still has for the old endpoint, and gives it all the time its attempts take", async () => {
    await using api = await startApi();
    const store = openSqliteStore({ file: ":memory:" });
    const onsync = createClient(api.reference);
    const { webhookId } = await register(onsync, store, "http://127.0.0.1:2/", briefWaits);
    await receiveMessage(api.reference, 1); // nobody takes it: it waits for its next attempt
    await api.reference.settled();
    const looks: number[] = [];
    let now = 0;
    const said: string[] = [];
    const rotated = await rotateRegistration(onsync, store, {
      drainMs: 60_000,
      now: () => now,
      say: (message) => said.push(message),
      sleep: async (ms) => {
        looks.push(ms);
        now += ms;
        const { data } = await onsync.webhooks.list();
        expect(data.map(({ id }) => id)).toContain(webhookId);
      },
    });
    expect(now).toBe(60_000);
    expect(looks.length).toBeLessThan(12);
    expect(said).toEqual([`Waiting until OnSync has delivered what it still has for the old endpoint ${webhookId}.`]);
    expect((await onsync.webhooks.list()).data.map(({ id }) => id)).toEqual([rotated.webhookId]);
    await store.close();
  });

  test("wherever a rotation was broken off, the next one goes on from there and leaves one endpoint", async () => {
    // Each run dies at one more request; the last dies at none.
    for (let dies = 1; dies < 8; dies++) {
      await using api = await startApi();
      const store = openSqliteStore({ file: ":memory:" });
      const url = "https://hooks.example.com/";
      await register(createClient(api.reference), store, url, briefWaits);
      let requests = 0;
      const dying = createClient(api.reference, (transport) => (request) => {
        requests += 1;
        if (requests >= dies) throw new Error("killed");
        return transport(request);
      });
      await rotateRegistration(dying, store, { ...briefWaits, sleep: async () => {} }).catch(() => {});
      const finished = await rotateRegistration(createClient(api.reference), store, {
        ...briefWaits,
        sleep: async () => {},
      });
      const { data } = await createClient(api.reference).webhooks.list();
      expect(data.map(({ id }) => id)).toEqual([finished.webhookId]);
      expect(await findRegistration(store)).toMatchObject({ replaces: null });
      await store.close();
    }
  });

  test("of several URLs on one store each is rotated, and its old secret accepted for an hour", async () => {
    await using api = await startApi();
    const data = newFile();
    const store = openSqliteStore({ file: data, claim: false });
    const urls = ["http://127.0.0.1:2/a", "http://127.0.0.1:2/b"];
    const before = [];
    for (const url of urls)
      before.push((await register(createClient(api.reference), store, url, briefWaits)).webhookId);
    const { code, stdout } = await command(["listen", "rotate", "--data", data], {
      env: { ...api.env, ONSYNC_LOG_LEVEL: "silent" },
    });
    expect(code).toBe(0);
    const rotated = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rotated.map((each) => each.rotated).sort()).toEqual(urls);
    const { data: endpoints } = await createClient(api.reference).webhooks.list();
    expect(endpoints.map(({ id }) => id).sort()).toEqual(rotated.map(({ webhookId }) => webhookId).sort());
    for (const id of before) expect(endpoints.map((each) => each.id)).not.toContain(id);
    const secrets: { until: number | null }[] = JSON.parse((await store.setting("secrets")) as string);
    const hours = secrets.flatMap(({ until }) => (until === null ? [] : [(until - Date.now()) / 3_600_000]));
    expect(hours).toEqual([expect.closeTo(1, 1), expect.closeTo(1, 1)]);
    await store.close();
  });
});
