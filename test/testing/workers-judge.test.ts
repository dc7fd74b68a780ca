/** The judge of imports that workers share finds rows sent twice without need, requests that nobody counted, and orgs that wait. */
import { expect, test } from "@jest/globals";
import { findLongestWait, judgeTakeovers, judgeTickets } from "../../testing/imports/judge-workers.ts";
import type { Attempt } from "../../testing/imports/server.ts";

function attempt(externalId: string, life: number, at: number, answered = true): Attempt {
  return { externalId, method: "POST", life, at, worked: true, answered };
}

test("a row that was answered is not sent again by the same worker, unless something befell it in between", () => {
  const attempts = [attempt("a", 1, 10), attempt("b", 1, 20, false), attempt("b", 1, 30), attempt("a", 1, 40)];
  expect(judgeTakeovers(attempts, [])).toEqual([
    "sent twice: a was answered, and sent again by the same worker",
    "sent twice: 1 rows that were answered were sent again, and a worker was followed 0 times",
  ]);
  expect(judgeTakeovers(attempts, [35])).toEqual([]);
});

test("a worker that goes on after it was stopped may send once more what it could not note, and not later than a moment after", () => {
  const rows = [attempt("a", 1, 10), attempt("b", 1, 20_100), attempt("b", 1, 24_000), attempt("c", 1, 25_000)];
  expect(judgeTakeovers(rows, [20_000])).toEqual([]);
  expect(judgeTakeovers([...rows, attempt("c", 1, 30_000)], [20_000])).toContain(
    "sent twice: c was answered, and sent again by the same worker",
  );
});

test("the next worker sends again what was under way, and no more", () => {
  const rows = ["a", "b", "c", "d", "e"];
  const first = rows.map((id, index) => attempt(id, 1, index));
  const second = rows.map((id, index) => attempt(id, 2, 10 + index));
  expect(judgeTakeovers([...first, ...second.slice(1)], [])).toEqual([]);
  expect(judgeTakeovers([...first, ...second], [])).toEqual([
    "sent twice: 5 rows that were answered were sent again, and a worker was followed 1 times",
  ]);
});

test("each request has a ticket", () => {
  const attempts = [attempt("a", 1, 10), attempt("b", 2, 20)];
  expect(judgeTickets("acme", attempts, 2)).toEqual([]);
  expect(judgeTickets("acme", attempts, 1)).toEqual([
    "acme: 2 requests were made, and 1 tickets of its hour were taken",
  ]);
});

test("the longest wait is that between two requests, or before the first", () => {
  expect(findLongestWait([attempt("a", 1, 10), attempt("b", 2, 40), attempt("c", 2, 50)], 5)).toBe(30);
  expect(findLongestWait([attempt("a", 1, 100)], 5)).toBe(95);
});
