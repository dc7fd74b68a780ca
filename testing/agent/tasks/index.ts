/**
 * Tasks of a support team, each with a policy that uses only what the tools list and answer, and an oracle that asks the
 * API itself. A policy takes the arguments that a server offers, and reads and filters by itself where it does not.
 */
import { cannotTasks } from "./cannot.ts";
import { contactTasks } from "./contacts.ts";
import { historyTasks } from "./history.ts";
import { inboxTasks } from "./inbox.ts";
import { sendingTasks } from "./sending.ts";
import type { Task } from "./task.ts";

export const tasks: readonly Task[] = [
  ...inboxTasks,
  ...historyTasks,
  ...contactTasks,
  ...sendingTasks,
  ...cannotTasks,
];
