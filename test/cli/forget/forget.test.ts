/** `onsync forget`: what is found, what is gone from every byte of every file, and what is nobody's but others'. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openLedger } from "../../../src/ledger/index.ts";
import { countTraces, omar, sara } from "../../../testing/forget/two-people.ts";
import { createWorldForEachTest, folder, lastLine, places, readContact, run, world, zero } from "./forgetting.ts";

createWorldForEachTest();

test("nothing of the person is in any byte of any file, and of everybody else everything is as it was", async () => {
  const before = { omar: countTraces(folder.path, omar), contact: await readContact(world.ids.omar) };
  expect(Object.values(countTraces(folder.path, sara)).filter((count) => count === 0)).toEqual([]);
  const { code, stderr } = await run([world.ids.sara, ...places(), "--yes"]);
  expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
  expect(countTraces(folder.path, sara)).toEqual(zero(sara));
  const after = countTraces(folder.path, omar);
  // The file is written anew: what stood in it twice, of an older transaction, does so no more.
  for (const [trace, count] of Object.entries(after))
    expect([trace, count > 0 && count <= (before.omar[trace] ?? 0)]).toEqual([trace, true]);
  expect(await readContact(world.ids.omar)).toEqual(before.contact);
});

test.each([
  ["a contact id", () => world.ids.sara],
  ["a phone number", () => "+971 50 123456"],
  ["an e-mail address", () => sara.email.toUpperCase()],
  ["an external id", () => `externalId:crm-${sara.firstName}`],
])("by %s it is the same person", async (_what, getQuery) => {
  const { code } = await run([getQuery(), ...places(), "--yes"]);
  expect(code).toBe(3);
  expect(countTraces(folder.path, sara)).toEqual(zero(sara));
  expect(await readContact(world.ids.sara)).toMatchObject({
    ...{ firstName: null, lastName: null, phone: null, email: null, tags: [], channel: null, properties: {} },
  });
});

test("what was done and what stays is told as numbers", async () => {
  const { code, stdout } = await run([world.ids.sara, ...places(), "--yes", "--json"]);
  expect(code).toBe(3);
  expect(lastLine(stdout)).toEqual({
    done: true,
    contactId: world.ids.sara,
    cleared: ["firstName", "lastName", "phone", "email", "channel", "tags", "properties.externalId", "properties.note"],
    kept: [],
    places: [
      { place: world.events, found: { events: expect.any(Number) }, stays: {} },
      { place: world.ledger, found: { sends: 1, notes: expect.any(Number) }, stays: {} },
    ],
    remains: { contact: 1, conversations: 1, messages: 2, fields: [], places: [], isSearchMissing: false },
  });
  expect(stdout).not.toContain(world.reference.key);
  for (const trace of [sara.phone, sara.email, sara.firstName]) expect(stdout).not.toContain(trace);
});

test("a dry run shows what would be, and changes no byte", async () => {
  const before = [countTraces(folder.path, sara), await readContact(world.ids.sara)];
  const { code, stdout } = await run([world.ids.sara, ...places(), "--dry-run"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Is cleared at OnSync: firstName, lastName, phone/);
  expect(stdout).toMatch(/events\.db: \d+ events\n.*sends\.db: 1 send, \d+ notes?\n/);
  expect(stdout).toContain(
    "Stays at OnSync, where no endpoint deletes it: the contact's record, 1 conversation, 2 messages",
  );
  expect([countTraces(folder.path, sara), await readContact(world.ids.sara)]).toEqual(before);
});

test("on a terminal it asks, by name, and does nothing where the answer is no", async () => {
  const before = countTraces(folder.path, sara);
  const asked = await run([world.ids.sara, ...places()], { tty: true, stdin: "n\n" });
  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain(`Forget ${world.ids.sara} (${sara.firstName} ${sara.lastName}, ${sara.phone}`);
  expect(countTraces(folder.path, sara)).toEqual(before);
  expect((await run([world.ids.sara, ...places()], { tty: true, stdin: "y\n" })).code).toBe(3);
  const unasked = await run([world.ids.omar, ...places()]);
  expect({ code: unasked.code, says: unasked.stderr.includes("say --yes") }).toEqual({ code: 2, says: true });
});

test("again changes nothing more, and says so", async () => {
  await run([world.ids.sara, ...places(), "--yes"]);
  const { code, stdout } = await run([world.ids.sara, ...places(), "--yes", "--json"]);
  expect(code).toBe(3);
  expect(lastLine(stdout)).toMatchObject({
    cleared: [],
    places: [{ found: { events: 0 } }, { found: { sends: 0, notes: 0 } }],
    remains: { contact: 1, messages: 2 },
  });
});

test("a store that is not named is not looked at", async () => {
  await run([world.ids.sara, "--events", world.events, "--yes"]);
  const ledger = await openLedger(world.ledger);
  expect((await ledger.list({ limit: 10 })).map(({ to }) => to)).toContain(sara.phone);
  await ledger.close();
});

test("where it ends before OnSync has cleared the contact, the same command finds them again", async () => {
  const { id } = await world.reference.control.faults.add({ method: "PATCH", status: 401 });
  const stopped = await run([sara.phone, ...places(), "--yes"]);
  expect(stopped.code).toBe(1);
  expect(countTraces(folder.path, sara)).toEqual(zero(sara));
  await world.reference.control.faults.remove(id);
  const { code, stdout } = await run([sara.phone, ...places(), "--yes", "--json"]);
  expect({ code, last: lastLine(stdout) }).toMatchObject({ code: 3, last: { contactId: world.ids.sara, kept: [] } });
  expect(lastLine(stdout).cleared).toContain("phone");
});

describe("called wrongly", () => {
  test.each([
    [["x", "--events", "/nowhere/events.db", "--yes"], "--events: there is no event file"],
    [["x", "--ledger", "/nowhere/sends.db", "--yes"], "--ledger: there is no send ledger"],
    [["x", "--journal", "/nowhere/x.journal", "--yes"], "--journal: there is no journal"],
    [[" ", "--yes"], "Give a contact id, a phone number"],
  ])("%j says what is wrong", async (args, says) => {
    const { code, stderr } = await run(args);
    expect({ code, says: stderr.includes(says) || stderr }).toEqual({ code: 2, says: true });
    expect(existsSync("/nowhere")).toBe(false);
  });

  test("a file that is no journal is left as it is", async () => {
    const file = join(folder.path, "other.db");
    writeFileSync(file, "something else");
    expect((await run(["x", "--journal", file, "--yes"])).code).toBe(2);
  });
});
