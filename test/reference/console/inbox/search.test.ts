/** The inbox is searched and narrowed; a plain filter over everything that there is says what should be found. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Reference } from "../../../../reference/index.ts";
import { get, open } from "../requests.ts";

type Row = {
  id: string;
  platform: string;
  status: string;
  assignee: { id: string } | null;
  name: string | null;
  address: string;
};

const people = [
  { platform: "whatsapp", from: "+971500000001", name: "Sara Hussein", says: ["Where is order 1187?", "100% sure_"] },
  { platform: "whatsapp", from: "+971500000002", name: "José Núñez", says: ["¿Hay envío?", "ЗАКАЗ готов"] },
  { platform: "telegram", from: "order_77", name: "Ivan Petrov", says: ["Заказ 1187", "C:\\temp"] },
  { platform: "instagram", from: "noor.designs", name: "Noor", says: ["هل لديكم مقاعد", "1000 sure"] },
  { platform: "facebook", from: "88", name: "Petra Sarafian", says: ["Thanks"] },
] as const;

let reference: Reference;
let all: Row[];

async function search(query: Record<string, string>): Promise<string[]> {
  const { status, body } = await get(reference, `/_console/conversations?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return (body as unknown as { data: Row[] }).data.map(({ id }) => id);
}

beforeAll(async () => {
  reference = open();
  for (const { says, ...person } of people) {
    for (const content of says) await reference.control.inbound({ ...person, content });
  }
  await reference.control.resolve("facebook:88");
  const { id } = await reference.control.createOrg({ name: "Another" });
  const { platform, from, name } = people[0];
  await reference.control.inbound({ platform, from, name, content: "order 1187", orgId: id });
  all = ((await get(reference, "/_console/conversations")).body as unknown as { data: Row[] }).data;
});
afterAll(() => reference.close());

const fold = (text: string) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** What a person means: a part of what was said or of the address, or each word the beginning of one of the name. */
function means(row: Row, query: string): boolean {
  const says = people.find(({ from }) => from === row.address)?.says ?? [];
  const words = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const digits = /^[+\d\s().-]+$/.test(query) ? query.replaceAll(/\D/g, "") : "";
  const asked = words(query);
  return (
    says.some((text) => text.toLowerCase().includes(query.toLowerCase())) ||
    row.address.toLowerCase().includes(query.toLowerCase()) ||
    (digits !== "" && row.address.includes(digits)) ||
    (asked.length > 0 &&
      asked.every((word) => words(`${row.name} ${row.address}`).some((known) => known.startsWith(word))))
  );
}

test.each([
  "sara",
  "SARA",
  "sar hus",
  "hussein sara",
  "jose",
  "nunez",
  "Núñez",
  "order",
  "ORDER 1187",
  "1187",
  "заказ",
  "ЗАКАЗ",
  "Заказ 11",
  "+971 50 000",
  "(971) 500-000-002",
  "+971500000001",
  "noor.d",
  "مقاعد",
  "100%",
  "%",
  "_",
  "sure_",
  "\\",
  "c:\\t",
  "'",
  '"',
  "--",
  "nobody at all",
  "sure",
  "8",
  "petr",
])("%j finds what a person means by it", async (query) => {
  const expected = all.filter((row) => means(row, query)).map(({ id }) => id);
  expect(await search({ query })).toEqual(expected);
});

test("the searches above find something and leave something out", () => {
  expect(all.filter((row) => means(row, "sara"))).toHaveLength(2);
  expect(all.filter((row) => means(row, "заказ"))).toHaveLength(2);
});

test("narrowed by status, channel and assignee, each alone and together", async () => {
  const teammates = [...new Set(all.map(({ assignee }) => assignee?.id))];
  expect(teammates.length).toBeGreaterThan(1);
  for (const status of ["", "assigned", "resolved"]) {
    for (const platform of ["", "whatsapp", "facebook"]) {
      for (const assignee of ["", "none", ...teammates]) {
        for (const query of ["", "sure"]) {
          const filter = Object.entries({ status, platform, assignee, query }).filter(([, value]) => value);
          const expected = all.filter(
            (row) =>
              (!status || row.status === status) &&
              (!platform || row.platform === platform) &&
              (!assignee || (row.assignee?.id ?? "none") === assignee) &&
              (!query || means(row, query)),
          );
          expect(await search(Object.fromEntries(filter) as Record<string, string>)).toEqual(
            expected.map(({ id }) => id),
          );
        }
      }
    }
  }
});
