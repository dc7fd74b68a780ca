/** Servers, stores and connections that end with the test that opened them. */
import { afterEach } from "@jest/globals";

/** The latest first. */
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** Closes it after the test, however that went. */
export function closeAfterTest<Opened extends { close(): Promise<void> }>(each: Opened): Opened {
  opened.unshift(each);
  return each;
}
