/** How far back a lost message is looked for. */
import { describe, expect, test } from "@jest/globals";
import { json, refused } from "../../../testing/scripted.ts";
import { history, look, lost, message, post, send, text } from "../../../testing/scripted-send.ts";

describe("the search in the history", () => {
  const at = (second: number) => new Date(Date.parse("2024-12-01T10:00:00.000Z") + second * 1000).toISOString();
  const page = (from: number, count: number, step: number) => {
    const data = Array.from({ length: count }, (_, index) =>
      message(`msg_${from - index * step}`, undefined, at(from - index * step)),
    );
    return json(200, { data, nextBefore: data.at(-1)?.createdAt });
  };

  test("goes back page by page, and ends at messages clearly older than the send", async () => {
    const found = history(message("msg_1", "reference-1"));
    const { lines, outcome } = await send([lost, page(0, 100, 0.5), page(-49.5, 100, 0.5), found]);
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(lines().slice(1)).toEqual([look, `${look}&before=2024-12-01T09%3A59%3A10.501Z`, look]);
  });

  test("reads on where the server's clock is far from ours, and ends by the server's", async () => {
    const hourAhead = (second: number) => at(second + 3600);
    const body = {
      data: [message("msg_a", "x", hourAhead(-61))],
      nextBefore: hourAhead(-61),
      requestId: "r",
      timestamp: hourAhead(0),
    };
    const ended = { status: 200, headers: {}, text: JSON.stringify(body) };
    const { lines } = await send([lost, ended, history(message("msg_1", "reference-1"))]);
    expect(lines()).toEqual([post, look, look]);
  });

  test("does not end by age where the server does not tell its time", async () => {
    const timeless = {
      ...page(-500, 100, 1),
      text: page(-500, 100, 1).text.replace(/"timestamp":"[^"]*"/, '"time":""'),
    };
    const { lines } = await send([
      refused(500, "internal"),
      timeless,
      history(message("msg_1", "reference-1", at(-600))),
    ]);
    expect(lines()).toHaveLength(3);
  });

  test.each([
    [undefined, 10],
    [100, 1],
    [250, 3],
  ])(
    "before a send under a reference that the ledger does not know goes historyDepth deep: %p",
    async (historyDepth, pages) => {
      const messages = Array.from({ length: pages }, (_, index) => page(-index, 100, 0.01));
      const steps = [...messages, json(201, message("msg_1", "own"))];
      const { outcome, lines } = await send(steps, text, { clientReference: "own" }, { historyDepth });
      expect(outcome).toMatchObject({ id: "msg_1" });
      expect(lines()).toHaveLength(pages + 1);
    },
  );

  test("looks as far for what may have been sent, whatever historyDepth is", async () => {
    const found = history(message("msg_1", "reference-1"));
    const steps = [lost, page(0, 100, 0.5), page(-49.5, 100, 0.5), found];
    const { outcome } = await send(steps, text, undefined, { historyDepth: 1 });
    expect(outcome).toMatchObject({ id: "msg_1" });
  });

  test("ends in an unknown outcome after a thousand messages", async () => {
    const pages = Array.from({ length: 10 }, (_, index) => page(-index, 100, 0.01));
    const { outcome, lines } = await send([refused(500, "internal"), ...Array.from({ length: 5 }, () => pages).flat()]);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("does not have it among the latest 1000 messages"),
    });
    expect(lines()).toHaveLength(1 + 5 * 10);
  });
});
