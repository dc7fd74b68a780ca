import { expect, test } from "@jest/globals";
import { openPort } from "../../../cli/start/port.ts";

test("answers with what it was given last, and before that says that it is starting", async () => {
  const port = await openPort(0, "127.0.0.1");
  try {
    expect((await fetch(port.origin)).status).toBe(503);
    port.answerWith(() => new Response("here"));
    expect(await (await fetch(port.origin)).text()).toBe("here");
  } finally {
    await port.close();
  }
});

test("closing waits for the answer under way, and then lets the connection go", async () => {
  const port = await openPort(0, "127.0.0.1");
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  port.answerWith(() => {
    arrived.resolve();
    return answer.promise;
  });
  const asking = fetch(port.origin);
  await arrived.promise;
  const closing = port.close();
  answer.resolve(new Response("in time"));
  const response = await asking;
  expect({ text: await response.text(), connection: response.headers.get("connection") }).toEqual({
    text: "in time",
    connection: "close",
  });
  await closing;
});
