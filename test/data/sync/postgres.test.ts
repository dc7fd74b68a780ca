/** A CRM's table in a real Postgres: rows and state together, whatever its names are, and whoever writes to it meanwhile. */
import { expect, test } from "@jest/globals";
import pg from "pg";
import { createMemoryLedger } from "../../../src/client/index.ts";
import {
  createBudget,
  listFields,
  mapColumns,
  openCrmTable,
  openState,
  parseOwners,
  Sync,
  type SyncResult,
} from "../../../src/data/index.ts";
import { contactsOf, pairOf } from "../../../testing/imports/against-reference.ts";
import { peerOf, type VirtualPair } from "../../../testing/virtual-pair.ts";
import { describeOnPostgres } from "../export/targets/database/on-databases.ts";

describeOnPostgres((createDatabase) => {
  async function createTable(sql: string) {
    const url = await createDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    return {
      url,
      query: async (text: string, values: unknown[] = []) => (await client.query(text, values)).rows,
      [Symbol.asyncDispose]: () => client.end(),
    };
  }

  async function sync(
    url: string,
    pair: VirtualPair,
    { table = "customers", owners = [] as string[], before = async () => {} } = {},
  ): Promise<SyncResult> {
    const place = await openCrmTable(url, { table });
    try {
      const { crm } = place;
      const { onsync, clock } = pair;
      const read = crm.read.bind(crm);
      crm.read = async () => {
        const snapshot = await read();
        await before();
        return snapshot;
      };
      const budget = createBudget({ ledger: createMemoryLedger({ clock }), scope: onsync.baseUrl, clock });
      const fields = listFields(mapColumns(crm.columns), parseOwners(owners), "either");
      const state = await openState(place.state);
      return await new Sync({ from: crm, to: crm, fields, state, budget, onsync, clock, random: () => 1 }).run();
    } finally {
      await place.close();
    }
  }

  const customers = `CREATE TABLE customers (
    id serial PRIMARY KEY, first_name text, phone varchar(20) UNIQUE, tags text[], created timestamptz DEFAULT now())`;

  test("takes the inbox's contacts with keys of its own, which go to the inbox, and after that nothing is written", async () => {
    await using table = await createTable(customers);
    await using pair = await pairOf();
    await table.query(
      "INSERT INTO customers (first_name, phone, tags) VALUES ('Sara', '+971500000001', '{lead,expo}')",
    );
    await peerOf(pair.reference).contacts.save({ firstName: "Ali", phone: "+971500000002", tags: ["vip"] });
    expect(await sync(table.url, pair)).toMatchObject({ created: 1, added: 1, conflicts: [] });
    expect(await table.query("SELECT id, first_name, phone, tags FROM customers ORDER BY id")).toEqual([
      { id: 1, first_name: "Sara", phone: "+971500000001", tags: ["lead", "expo"] },
      { id: 2, first_name: "Ali", phone: "+971500000002", tags: ["vip"] },
    ]);
    const ids = (await contactsOf(pair.reference)).map(
      ({ properties }) => (properties as { externalId?: string }).externalId,
    );
    expect(ids.sort()).toEqual(["1", "2"]);
    expect(await sync(table.url, pair)).toMatchObject({ created: 0, updated: 0, changed: 0, added: 0, requests: 1 });
  });

  test("is not written over where somebody has changed a row since it was read: that is seen, and counts", async () => {
    await using table = await createTable(customers);
    await using pair = await pairOf();
    await table.query("INSERT INTO customers (first_name, phone) VALUES ('Sara', '+971500000001')");
    await sync(table.url, pair);
    const [contact] = await contactsOf(pair.reference);
    await peerOf(pair.reference).contacts.update(String(contact?.id), { firstName: "Zara" });
    let edits = 0;
    const before = async () => {
      if (edits++ === 0) await table.query("UPDATE customers SET first_name = 'Sarah'");
    };
    const result = await sync(table.url, pair, { before });
    expect(result.conflicts).toMatchObject([{ field: "firstName", crm: "Sarah", inbox: "Zara", key: "1" }]);
    expect(await table.query("SELECT first_name FROM customers")).toEqual([{ first_name: "Sarah" }]);
  });

  test("keeps rows and state together: a sync whose transaction fails has done and noted nothing", async () => {
    await using table = await createTable(customers);
    await using pair = await pairOf();
    await table.query("INSERT INTO customers (first_name, phone) VALUES ('Sara', '+971500000001')");
    await sync(table.url, pair);
    const state = () => table.query("SELECT record FROM _onsync_sync_contacts ORDER BY id");
    const known = await state();
    const [contact] = await contactsOf(pair.reference);
    await peerOf(pair.reference).contacts.update(String(contact?.id), { firstName: "Zara" });
    await table.query(
      "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'at the end'; END $$",
    );
    await table.query(
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON customers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()",
    );
    await expect(sync(table.url, pair)).rejects.toThrow("at the end");
    expect(await table.query("SELECT first_name FROM customers")).toEqual([{ first_name: "Sara" }]);
    const bases = (rows: { record: string }[]) =>
      rows.map(({ record }) =>
        (JSON.parse(record) as { fields: Record<string, string[]> }).fields.firstName?.slice(0, 2),
      );
    expect(bases(await state())).toEqual(bases(known));
    await table.query("DROP TRIGGER late ON customers");
    expect(await sync(table.url, pair)).toMatchObject({ changed: 1, conflicts: [] });
  });

  test("that does not take a row says why, and takes the others; what it makes of a value is what it has", async () => {
    await using table = await createTable(`${customers};
      CREATE FUNCTION lower_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.first_name = lower(NEW.first_name); RETURN NEW; END $$;
      CREATE TRIGGER lower_name BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION lower_name();
      ALTER TABLE customers ADD CHECK (first_name <> 'eve')`);
    await using pair = await pairOf();
    const peer = peerOf(pair.reference);
    await peer.contacts.save({ firstName: "Eve", phone: "+971500000001" });
    await peer.contacts.save({ firstName: "Ali", phone: "+971500000002" });
    const result = await sync(table.url, pair, { owners: ["firstName=inbox"] });
    expect(result.conflicts).toMatchObject([{ reason: expect.stringContaining("the CRM did not take it") }]);
    expect(await table.query("SELECT first_name FROM customers")).toEqual([{ first_name: "ali" }]);
    const again = await sync(table.url, pair, { owners: ["firstName=inbox"] });
    expect(again).toMatchObject({ changed: 0, updated: 0 });
  });

  test.each(['cust"; DROP TABLE other; --', "Custom Ers", "select"])(
    "named %s is a name, and no more",
    async (name) => {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      const column = `first name"; DELETE FROM other; --`;
      await using table = await createTable(
        `CREATE TABLE other (a int); INSERT INTO other VALUES (1);
       CREATE TABLE ${quoted} ("the id" int PRIMARY KEY, phone text, "${column.replaceAll('"', '""')}" text)`,
      );
      await using pair = await pairOf();
      await table.query(`INSERT INTO ${quoted} VALUES (1, '+971500000001', 'x')`);
      await sync(table.url, pair, { table: name });
      const [contact] = await contactsOf(pair.reference);
      await peerOf(pair.reference).contacts.update(String(contact?.id), { phone: "+971500000002" });
      expect(await sync(table.url, pair, { table: name })).toMatchObject({ changed: 1, conflicts: [] });
      expect(await table.query("SELECT a FROM other")).toEqual([{ a: 1 }]);
    },
  );

  test("without a key of one column, or that is not there, is refused with what to say; no password is told", async () => {
    await using table = await createTable("CREATE TABLE customers (phone text)");
    await expect(openCrmTable(table.url, { table: "customers" })).rejects.toThrow("say with --key which column");
    await expect(openCrmTable(table.url, { table: "nobody" })).rejects.toThrow("The table nobody cannot be read");
    const wrong = table.url.replace(/:[^:@]+@/, ":made-up-and-wrong@");
    const error = await openCrmTable(wrong, { table: "customers" }).catch((reason: Error) => reason);
    expect(String(error)).toMatch(/There is no Postgres to work with/);
    expect(String(error)).not.toContain("made-up-and-wrong");
  });

  test("is for one sync at a time", async () => {
    await using table = await createTable(customers);
    const place = await openCrmTable(table.url, { table: "customers" });
    await expect(openCrmTable(table.url, { table: "customers" })).rejects.toThrow(
      "Another sync of customers is under way",
    );
    await place.close();
  });
});
