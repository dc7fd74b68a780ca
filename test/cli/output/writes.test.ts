/** Whatever a command writes goes where it is escaped. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

describe("everything that a command writes", () => {
  const root = join(import.meta.dirname, "../../..");
  const files = readdirSync(join(root, "cli"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `cli/${name}`);
  /** `print` itself, the log and the printed events, which escape what they write, and what is said of an old Node alone. */
  const allowed = ["cli/node-version.ts", "cli/output/io.ts", "cli/output/log.ts", "cli/listen/stdout-sink.ts"];
  const bypasses = (source: string): string[] =>
    source
      .split("\n")
      .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
      .filter((line) =>
        /\.write\b|\bwriteSync\b|\bconsole\.(log|error|warn|info|debug|table|dir|trace)\b|_rawDebug|\bdestination\(|\.pipe\(/.test(
          line,
        ),
      );

  test("goes through print, or the log", () => {
    const found = files
      .filter((file) => !allowed.includes(file))
      .flatMap((file) => bypasses(readFileSync(join(root, file), "utf8")).map((line) => `${file}: ${line.trim()}`));
    expect(found).toEqual([]);
  });

  test("is noticed where it goes past them", () => {
    for (const line of ["io.stdout.write(text);", "const { write } = io; console.log(1)", "fs.writeSync(1, x)"])
      expect(bypasses(line)).toHaveLength(1);
    expect(files).toContain("cli/call/index.ts");
  });
});
