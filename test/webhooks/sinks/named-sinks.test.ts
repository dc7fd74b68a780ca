import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as webhooks from "../../../src/webhooks/index.ts";
import { findNamedSink, namedSinks, sinkNameForms } from "../../../src/webhooks/sinks/named-sinks.ts";

const folder = join(import.meta.dirname, "../../../src/webhooks/sinks");
/** What the folder has besides the sinks that are opened by name: `--forward` opens the one for a web server. */
const others = ["http", "named-sinks", "optional", "sink", "watch-reach"];

describe("the sinks", () => {
  test("every file of src/webhooks/sinks that is a sink is in the table of names, and exported by the package", () => {
    const files = readdirSync(folder).map((file) => basename(file, ".ts"));
    const kinds = files.filter((file) => !others.includes(file)).sort();
    expect(Object.keys(namedSinks).sort()).toEqual(kinds);
    const exported = Object.keys(webhooks).filter((name) => name.endsWith("Sink"));
    expect(exported.map((name) => name.toLowerCase()).sort()).toEqual(
      ["function", "http", ...kinds].map((kind) => `${kind}sink`).sort(),
    );
  });

  test("a sentence lists the forms of their names", () => {
    expect(sinkNameForms).toBe("sqs:QUEUE_URL, pubsub:TOPIC or redis:STREAM");
  });

  test.each(["sqs", "sqs:", "sqs:no-url", "kafka:topic", "constructor:x", ":x", ""])("%j names none", (name) => {
    expect(findNamedSink(name)).toBeNull();
  });
});
