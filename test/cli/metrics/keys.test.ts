/** Requests and sends of keys that clients bring are counted apart from those of the server's own. */
import { expect, test } from "@jest/globals";
import { createLog } from "../../../cli/output/log.ts";
import { connect } from "../../../cli/settings/connection.ts";
import { startCountingApi } from "../../../testing/metrics/api.ts";
import { rejection } from "../../../testing/scripted.ts";
import { text } from "../../../testing/scripted-send.ts";

test("a request is told to who counts for its key, once, and to nobody else", async () => {
  const api = await startCountingApi();
  const told: string[] = [];
  const tell = (who: string) => ({
    onResponse: ({ status }: { status: number | null }) => told.push(`${who} ${status}`),
    onSend: ({ outcome }: { outcome: string }) => told.push(`${who} ${outcome}`),
  });
  const env = { ONSYNC_API_KEY: "onsync_pk_test_own", ONSYNC_BASE_URL: api.url };
  const options = { counting: tell("own"), countingOthers: tell("other") };
  const { onsync, clientForKey, close } = await connect(env, createLog({}, "silent"), options);
  await rejection(onsync.contacts.get("contact_1"));
  await clientForKey("onsync_pk_test_other").messages.send(text);
  expect(told).toEqual(["own 404", "other 201", "other sent"]);
  await close();
  api.close();
});
