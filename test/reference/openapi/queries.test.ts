/** The OpenAPI document and the server say the same of queries: what the document allows is taken, what it forbids is refused. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Endpoint, endpoints } from "../../../src/api/index.ts";
import { type Body, still } from "../caller.ts";
import { anyText, compileSchema, document } from "./inputs.ts";

const day = fc.constantFrom(
  "2024-02-29",
  "2023-02-29",
  "2024-02-30",
  "2024-04-31",
  "2024-12-31",
  "2024-13-01",
  "0000-02-29",
  "1900-02-29",
  "2024-00-10",
);

const time = fc.constantFrom(
  "11:00:00",
  "11:00",
  "24:00:00",
  "24:00:01",
  "23:59:60",
  "23:59:59.123456789",
  "23:60",
  "1:00",
  "11:00:00.",
);

const zone = fc.constantFrom("Z", "+04:00", "-11:30", "+24:00", "", "z", "+0400");

const instant = fc.tuple(day, time, zone).map(([date, clock, offset]) => `${date}T${clock}${offset}`);

const limit = fc.constantFrom(
  "0",
  "1",
  "50",
  "100",
  "101",
  "-1",
  "1.5",
  "1.0",
  "1e2",
  "lots",
  "",
  "9999999999999999999",
);

const queries: [keyof typeof endpoints, string, Record<string, fc.Arbitrary<string>>][] = [
  ["listMessages", "/v1/conversations/whatsapp%3A%2B971500000000/messages", { before: instant, limit }],
  ["listContacts", "/v1/contacts", { phone: anyText, email: anyText, externalId: anyText, query: anyText, limit }],
  [
    "listConversations",
    "/v1/conversations",
    { status: fc.constantFrom("open", "Open", ""), platform: fc.constantFrom("whatsapp", "sms"), limit },
  ],
  ["listTemplates", "/v1/templates", { platform: fc.constantFrom("whatsapp", "sms", "") }],
];

/** An independent calendar: whether the month has the day. */
function isRealDay(value: string): boolean {
  const [year = 0, month = 0, date = 0] = value.slice(0, 10).split("-").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return date <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

test.each(queries)("%s takes the queries that the document allows, and no others", async (name, path, fields) => {
  await using api = still({ rateLimit: 1_000_000_000 });
  await api.inbound();
  const endpoint: Endpoint = endpoints[name];
  const parameters: Body[] = document.paths[endpoint.path].get.parameters;
  const rules = new Map(parameters.map(({ name: parameter, schema }) => [parameter, compileSchema(schema)]));
  const counts = { taken: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.record(fields, { requiredKeys: [] }), async (given) => {
      const query = given as Record<string, string>;
      const answer = await api.call("GET", `${path}?${new URLSearchParams(query)}`);
      const isAllowed = Object.entries(query).every(([parameter, value]) => {
        const written = parameter === "limit" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
        return rules.get(parameter)?.(written) && (parameter !== "before" || isRealDay(value));
      });
      expect([query, answer.status, answer.body.error?.code]).toEqual(
        isAllowed ? [query, 200, undefined] : [query, 400, "validation_failed"],
      );
      counts[isAllowed ? "taken" : "refused"] += 1;
    }),
    { numRuns: 600 },
  );
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(20);
});
