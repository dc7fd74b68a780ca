/** What an import asks on a terminal. */
import type { ChooseContact, ChooseRow } from "../../src/data/index.ts";
import { type Io, printIfPossible } from "../output/io.ts";

export type Asker = {
  /** Whether there is somebody to ask. */
  canAsk: boolean;
  /** Whether a question is on the screen: nothing is written over it. */
  isAsking(): boolean;
  confirm(question: string): Promise<boolean>;
  chooseRow: ChooseRow;
  chooseContact: ChooseContact;
  close(): void;
};

/** @param isFree whether stdin is not what is imported */
export function createAsker(io: Io, isFree: boolean): Asker {
  const canAsk = isFree && io.stdin.isTTY === true && io.stderr.isTTY === true;
  let input: AsyncIterator<string | Uint8Array> | undefined;
  let rest = "";
  let isAsking = false;
  let queue: Promise<unknown> = Promise.resolve();

  const readLine = async (): Promise<string> => {
    input ??= io.stdin[Symbol.asyncIterator]();
    while (!rest.includes("\n")) {
      const { done, value } = await input.next();
      if (done) break;
      rest += typeof value === "string" ? value : Buffer.from(value).toString("utf8");
    }
    const [line = "", ...others] = rest.split("\n");
    rest = others.join("\n");
    return line.trim();
  };
  /** One question at a time. */
  const ask = (question: string): Promise<string> => {
    const answered = queue.then(async () => {
      isAsking = true;
      await printIfPossible(io.stderr, question);
      return readLine().finally(() => {
        isAsking = false;
      });
    });
    queue = answered.catch(() => {});
    return answered;
  };
  const chooseNumber = async (question: string, count: number): Promise<number | null> => {
    const number = Number(await ask(`${question} [1-${count}, Enter for none] `));
    return Number.isInteger(number) && number >= 1 && number <= count ? number - 1 : null;
  };

  return {
    canAsk,
    isAsking: () => isAsking,
    confirm: async (question) => /^y(es)?$/i.test(await ask(`${question} [y/N] `)),
    chooseRow({ lines, fields }) {
      const listed = lines.map((line, index) => `  ${index + 1}: line ${line}\n`).join("");
      return chooseNumber(`\nThese rows share ${fields.join(" and ")}:\n${listed}Which counts?`, lines.length);
    },
    async chooseContact({ line }, contacts) {
      const listed = contacts
        .map(({ id, firstName, lastName, phone, email }, index) => {
          const said = [firstName, lastName, phone, email].filter((each) => each).join(", ");
          return `  ${index + 1}: ${id} ${said}\n`;
        })
        .join("");
      const chosen = await chooseNumber(
        `\nLine ${line} has the identifiers of several contacts:\n${listed}Which is updated?`,
        contacts.length,
      );
      return chosen === null ? null : (contacts[chosen] ?? null);
    },
    close: () => void input?.return?.(),
  };
}
