/** Secrets that `onsync listen rotate` prints, for endpoints made by hand. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { findRegistration } from "../../../cli/listen/endpoint/registrations.ts";
import { signPayload } from "../../../src/api/signature.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { findFreePort } from "../../../testing/network/free-port.ts";
import { onsync as command } from "../command.ts";
import { listen, startApi, useFolder, useSink } from "./receivers.ts";

const { newFile } = useFolder();
const sink = useSink();

describe("secrets of endpoints made by hand", () => {
  const status = async (url: string, secret: string): Promise<number> => {
    const { body } = toIncoming(messageEvent("evt_1"));
    const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
    return (await fetch(url, { method: "POST", headers, body })).status;
  };
  const rotated = async (data: string, ...args: string[]): Promise<string> => {
    const { stdout } = await command(["listen", "rotate", "--data", data, ...args], {
      env: { ONSYNC_LOG_LEVEL: "silent" },
    });
    return JSON.parse(stdout).secret;
  };

  test("with an endpoint of one's own, prints a secret that receivers on the store accept at once", async () => {
    const data = newFile();
    const receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: "old" }, { data });
    const { code, stdout } = await command(["listen", "rotate", "--data", data], {
      env: { ONSYNC_LOG_LEVEL: "silent" },
    });
    expect(code).toBe(0);
    const { secret } = JSON.parse(stdout);
    for (const [index, signing] of [secret, "old", "forged"].entries()) {
      const { body } = toIncoming(messageEvent(`evt_${index}`));
      const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, signing) };
      const { status } = await fetch(receiver.url, { method: "POST", headers, body });
      expect(status).toBe(signing === "forged" ? 401 : 200);
    }
    await receiver.close();
  });

  test("a printed secret is refused once its time is over, also after a restart and where ONSYNC_WEBHOOK_SECRETS names it", async () => {
    const data = newFile();
    let receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: "by hand" }, { data });
    const first = await rotated(data);
    const second = await rotated(data);
    // Accepted for a day.
    expect([await status(receiver.url, second), await status(receiver.url, first)]).toEqual([200, 200]);
    const store = openSqliteStore({ file: data, claim: false });
    const untils = JSON.parse((await store.setting("secrets")) as string).map(({ until }: { until: number }) => until);
    expect([untils[0], (untils[1] - Date.now()) / 86_400_000]).toEqual([null, expect.closeTo(1, 2)]);
    await store.close();
    const third = await rotated(data, "--accept-old", "0");
    expect([await status(receiver.url, third), await status(receiver.url, second)]).toEqual([200, 401]);
    await receiver.close();
    receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: `${first},${second},by hand` }, { data });
    const statuses = [];
    for (const secret of [first, second, third, "by hand"]) statuses.push(await status(receiver.url, secret));
    // A secret of one's own ends when no receiver is started with it.
    expect(statuses).toEqual([401, 401, 200, 200]);
    await receiver.close();
    receiver = await listen(sink, {}, { data });
    expect([await status(receiver.url, "by hand"), await status(receiver.url, third)]).toEqual([401, 200]);
    await receiver.close();
  });

  test("rotating them leaves registered endpoints alone, and the other way round", async () => {
    await using api = await startApi();
    const data = newFile();
    const port = await findFreePort();
    const receiver = await listen(sink, api.env, { data, port, register: `http://127.0.0.1:${port}/` });
    const printed = await rotated(data, "--own");
    await rotated(data, "--own", "--accept-old", "0");
    const store = openSqliteStore({ file: data, claim: false });
    const registration = await findRegistration(store);
    expect(await status(receiver.url, registration?.secret as string)).toBe(200);
    expect(await status(receiver.url, printed)).toBe(401);
    const kept = await rotated(data, "--own");
    const { stdout } = await command(["listen", "rotate", "--data", data, "--accept-old", "0"], {
      env: { ...api.env, ONSYNC_LOG_LEVEL: "silent" },
    });
    const after = await findRegistration(store);
    expect(JSON.parse(stdout)).toEqual({ rotated: registration?.url, webhookId: after?.webhookId });
    expect(await status(receiver.url, kept)).toBe(200);
    expect(await status(receiver.url, after?.secret as string)).toBe(200);
    expect(await status(receiver.url, registration?.secret as string)).toBe(401);
    await store.close();
    await receiver.close();
  });

  test("rotate on a file that is not there names it, and makes none", async () => {
    const data = newFile();
    const { code, stderr } = await command(["listen", "rotate", "--data", data]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(data)]);
    expect(existsSync(data)).toBe(false);
  });
});
