/** The reference API with so many messages, 500 to a conversation, in a process of its own. */
import { createReference } from "../../reference/index.ts";
import { fillReferenceFile } from "../../testing/requests/reference-file.ts";

const [file = "", count = "0"] = process.argv.slice(2);
const conversations = Math.ceil(Number(count) / 500);
await fillReferenceFile(file, { contacts: conversations, conversations, messagesEach: Number(count) / conversations });
const reference = createReference({ data: file, keys: ["onsync_pk_test_bench"], rateLimit: 1_000_000_000 });
const { url } = await reference.listen();
process.send?.(url);
