/** The reference API with so many messages, 500 to a conversation, in a process of its own. */
import { DatabaseSync } from "node:sqlite";
import { createReference } from "../../reference/index.ts";

const [file = "", count = "0"] = process.argv.slice(2);
const messagesEach = 500;
const start = Date.parse("2024-01-01T00:00:00.000Z");

/** The API alone would take minutes. */
async function fill(rows: number): Promise<void> {
  await createReference({ data: file }).close();
  const sql = new DatabaseSync(file);
  const org = sql.prepare("SELECT id FROM orgs").get()?.id as string;
  const contact = sql.prepare(
    "INSERT INTO contacts (id, org_id, phone, created_at, updated_at, properties) VALUES (?, ?, ?, ?, ?, '{}')",
  );
  const conversation = sql.prepare(
    `INSERT INTO conversations (seq, org_id, id, platform, address, contact_id, status, created_at, updated_at, last_message_at,
       last_inbound_at, message_count) VALUES (?, ?, ?, 'whatsapp', ?, ?, 'open', ?, ?, ?, ?, ?)`,
  );
  const message = sql.prepare(
    `INSERT INTO messages (id, conversation, type, direction, content, metadata, created_at)
     VALUES (?, ?, 'text', 'inbound', ?, '{"source":"bench"}', ?)`,
  );
  sql.exec("BEGIN");
  for (let row = 0; row < rows; row++) {
    const index = Math.floor(row / messagesEach);
    const at = start + row * 1000;
    if (row % messagesEach === 0) {
      const phone = `+9715${String(index).padStart(8, "0")}`;
      const last = start + (Math.min(rows, row + messagesEach) - 1) * 1000;
      contact.run(`contact_${index}`, org, phone, at, at);
      conversation.run(
        index + 1,
        org,
        `whatsapp:${phone}`,
        phone,
        `contact_${index}`,
        at,
        last,
        last,
        last,
        messagesEach,
      );
    }
    message.run(
      `msg_${String(row).padStart(12, "0")}`,
      index + 1,
      `Message ${row}, of the length that most of them have`,
      at,
    );
  }
  sql.exec("COMMIT");
  sql.close();
}

await fill(Number(count));
const reference = createReference({ data: file, keys: ["onsync_pk_test_bench"], rateLimit: 1_000_000 });
const { url } = await reference.listen();
process.send?.(url);
